"""Where in the photograph the thing of a box may be, and which boxes mean the place itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float

from boximator.pocket.hold import Wish
from boximator.pocket.layers import Layer, Layers

_ALIKE = 0.06  # of the frame: boxes that go the same way by this much mean the camera
_EDGE = 1e-3


@dataclass(frozen=True)
class Claimed:
    """Layers in which every box that has a thing has one, far to near, and beside each its box."""

    layers: Layers
    wishes: tuple[Wish | None, ...]


def radius_in(box: Float[np.ndarray, "4"], *, shape: tuple[int, ...]) -> np.ndarray:
    """Distance from a box's centre on a grid: 1 on the ellipse that fills the box."""
    ys, xs = (np.arange(shape[0]) + 0.5) / shape[0], (np.arange(shape[1]) + 0.5) / shape[1]
    half = np.maximum((box[2:] - box[:2]) / 2, 1e-6)
    centre = (box[:2] + box[2:]) / 2
    return np.hypot(((xs - centre[0]) / half[0])[None], ((ys - centre[1]) / half[1])[:, None])


def window(box: Float[np.ndarray, "4"], *, shape: tuple[int, ...], margin: float = 0.0) -> np.ndarray:
    """1 in a box, 0 elsewhere, on a grid."""
    ys, xs = (np.arange(shape[0]) + 0.5) / shape[0], (np.arange(shape[1]) + 0.5) / shape[1]
    wide = (xs >= box[0] - margin) & (xs <= box[2] + margin)
    high = (ys >= box[1] - margin) & (ys <= box[3] + margin)
    return (high[:, None] & wide[None]).astype(np.float32)


def likely(wish: Wish, *, shape: tuple[int, ...], others: list[Layer]) -> np.ndarray:
    """What in a box may belong to its thing: its middle surely, the inscribed ellipse likely, other things not."""
    radius = radius_in(wish.first, shape=shape)
    guess = np.where(radius <= 1, 0.55, 0.3 * window(wish.first, shape=shape))
    guess = np.where(radius <= 0.5, 0.9, guess)
    for other in others:
        cover = cv2.resize(other.coverage.astype(np.float32), (shape[1], shape[0]))
        guess = guess * (1 - np.clip(cover, 0, 1))
    return guess


def contested(layer: Layer, *, index: int, wishes: tuple[Wish, ...]) -> Layer:
    """A thing without what belongs rather to the things of other boxes; their very middle is surely theirs."""
    cover = layer.coverage
    own = radius_in(wishes[index].first, shape=cover.shape)
    for other, rival in enumerate(wishes):
        if other != index:
            theirs = radius_in(rival.first, shape=cover.shape)
            cover = np.where((theirs < 0.9 * own) & (theirs < 1), np.minimum(cover, 0.4), cover)
            cover = np.where((theirs < 0.5) & (theirs < 0.7 * own), 0.0, cover)
    return replace(layer, coverage=cover)


def corners(box: Float[np.ndarray, "4"]) -> np.ndarray:
    return np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])


def camera(missing: list[Wish], *, background: Float[np.ndarray, "frames 2 3"]) -> bool:
    """Whether boxes without a thing mean the place itself: it already goes their way, or several go one way."""
    if not missing:
        return False
    ways = np.array([_way(wish) for wish in missing])
    if len(missing) > 1:
        return bool(np.abs(ways - ways[0]).max() < _ALIKE)
    return _goes_along(missing[0], background=background)


def together(wishes: list[Wish], *, background: Float[np.ndarray, "frames 2 3"]) -> bool:
    """Whether several boxes mean the place although things may be in them: all go one way, and it goes with them."""
    return (
        len(wishes) > 1
        and camera(wishes, background=background)
        and all(_goes_along(wish, background=background) for wish in wishes)
    )


def _goes_along(wish: Wish, *, background: Float[np.ndarray, "frames 2 3"]) -> bool:
    """Whether the place itself goes a fifth of the box's way or more."""
    points, way = corners(wish.first), _way(wish)
    moved = (points @ background[-1, :, :2].T + background[-1, :, 2] - points).mean(0)
    length = float(np.linalg.norm(way))
    return bool(length > 0 and float(moved @ way) / length > 0.2 * length)


def _way(wish: Wish) -> Float[np.ndarray, "2"]:
    """Shift of the sides of a box that stay clear of the border, from the first hard box to the last."""
    last = wish.boxes[wish.hard][-1]
    way = (last[:2] + last[2:] - wish.first[:2] - wish.first[2:]) / 2
    for axis in (0, 1):
        if last[axis] <= _EDGE:
            way[axis] = last[axis + 2] - wish.first[axis + 2]
        elif last[axis + 2] >= 1 - _EDGE:
            way[axis] = last[axis] - wish.first[axis]
    return way
