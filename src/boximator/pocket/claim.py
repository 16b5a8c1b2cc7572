"""Which moving thing of a denoised motion is meant by which box."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float

from boximator.pocket.hold import Wish, held
from boximator.pocket.layers import CLEAN, Layer, Layers

_MOSTLY = 0.6  # share of a thing that lies in a box for the box to be meant for it
_PARTLY = 0.25  # the same, where nothing lies mostly in the box
_FILLS = 0.4  # share of a box's ellipse that a thing covers which is meant, however far it spills over
_FINE_CELLS = 128  # of a side of the coverage of a thing that the motion did not show
_ALIKE = 0.06  # of the frame: boxes that go the same way by this much mean the camera
_TORN = 0.75  # share of a box's ellipse that moves, below which the motion has torn the thing
_UNSURE = 0.1  # coverage in a box on which the photograph's own edges decide
_EDGE = 1e-3


@dataclass(frozen=True)
class Claimed:
    """Layers in which every box that has a thing has one, far to near, and beside each its box."""

    layers: Layers
    wishes: tuple[Wish | None, ...]


def claimed(layers: Layers, *, wishes: tuple[Wish, ...]) -> Claimed:
    """Give every box its thing: pieces in one box become one thing, and a thing that should move but does not is
    taken to be what stands in the box. Boxes of places that all go the same way move the background."""
    owners = _owners(layers, wishes=wishes)
    owned: list[tuple[int, Layer, Wish | None]] = [
        (depth, layer, None) for depth, layer in enumerate(layers.objects) if owners[depth] is None
    ]
    for index in sorted({owner for owner in owners if owner is not None}):
        pieces = [depth for depth, owner in enumerate(owners) if owner == index]
        depth = max(pieces, key=lambda piece: float(layers.objects[piece].coverage.sum()))
        thing = _joined(layers, pieces=pieces, largest=depth, wish=wishes[index])
        owned.append((depth, _contested(thing, index=index, wishes=wishes), wishes[index]))
    owned.sort(key=lambda entry: entry[0])
    missing = [index for index, wish in enumerate(wishes) if index not in owners and wish.travels]
    background = layers.background
    if _camera([wishes[index] for index in missing], background=background):
        boxes = [wishes[index] for index in missing]
        background = np.mean([held(background, wish=w, points=_corners(w.first)) for w in boxes], axis=0)
        missing = []
    things = [layer for _, layer, _ in owned]
    fresh = [_fresh(wishes[index], background=background, others=things) for index in missing]
    fresh = [
        _contested(layer, index=index, wishes=wishes) for index, layer in zip(missing, fresh, strict=True)
    ]
    return Claimed(
        layers=replace(layers, background=background, objects=(*things, *fresh)),
        wishes=(*(wish for _, _, wish in owned), *(wishes[index] for index in missing)),
    )


def _radius(box: Float[np.ndarray, "4"], *, shape: tuple[int, ...]) -> np.ndarray:
    """Distance from a box's centre on a grid: 1 on the ellipse that fills the box."""
    ys, xs = (np.arange(shape[0]) + 0.5) / shape[0], (np.arange(shape[1]) + 0.5) / shape[1]
    half = np.maximum((box[2:] - box[:2]) / 2, 1e-6)
    centre = (box[:2] + box[2:]) / 2
    return np.hypot(((xs - centre[0]) / half[0])[None], ((ys - centre[1]) / half[1])[:, None])


def _window(box: Float[np.ndarray, "4"], *, shape: tuple[int, ...], margin: float = 0.0) -> np.ndarray:
    """1 in a box, 0 elsewhere, on a grid."""
    ys, xs = (np.arange(shape[0]) + 0.5) / shape[0], (np.arange(shape[1]) + 0.5) / shape[1]
    wide = (xs >= box[0] - margin) & (xs <= box[2] + margin)
    high = (ys >= box[1] - margin) & (ys <= box[3] + margin)
    return (high[:, None] & wide[None]).astype(np.float32)


def _owners(layers: Layers, *, wishes: tuple[Wish, ...]) -> list[int | None]:
    """For every thing the box that is meant for it: the one it mostly lies in, or partly if that has none yet."""
    owners = [_owner(layer, wishes=wishes, least=_MOSTLY) for layer in layers.objects]
    for depth, layer in enumerate(layers.objects):
        partly = _owner(layer, wishes=wishes, least=_PARTLY)
        if owners[depth] is None and partly is not None and partly not in owners:
            owners[depth] = partly
    return owners


def _owner(layer: Layer, *, wishes: tuple[Wish, ...], least: float) -> int | None:
    """The box in which at least that share of a thing lies; of several the one that fits it best."""
    cover = layer.coverage
    total = max(float(cover.sum()), 1e-6)
    rows, columns = np.nonzero(cover > 0.5)
    if not len(rows):
        return None
    height, width = cover.shape
    own = np.array(
        [columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height]
    )
    fits: list[tuple[float, int]] = []
    for index, wish in enumerate(wishes):
        inside = float((cover * _window(wish.first, shape=cover.shape, margin=0.02)).sum()) / total
        middle = _radius(wish.first, shape=cover.shape) <= 1
        fills = least < _MOSTLY and float(cover[middle].mean() if middle.any() else 0.0) >= _FILLS
        if inside >= least or fills:
            fits.append((_overlap(own, other=wish.first), index))
    return max(fits)[1] if fits else None


def _overlap(box: Float[np.ndarray, "4"], *, other: Float[np.ndarray, "4"]) -> float:
    both = np.clip(np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2]), 0, None).prod()
    return float(both / ((box[2:] - box[:2]).prod() + (other[2:] - other[:2]).prod() - both))


def _likely(wish: Wish, *, shape: tuple[int, ...], others: list[Layer]) -> np.ndarray:
    """What in a box may belong to its thing: its middle surely, the inscribed ellipse likely, other things not."""
    radius = _radius(wish.first, shape=shape)
    guess = np.where(radius <= 1, 0.55, 0.3 * _window(wish.first, shape=shape))
    guess = np.where(radius <= 0.5, 0.9, guess)
    for other in others:
        cover = cv2.resize(other.coverage.astype(np.float32), (shape[1], shape[0]))
        guess = guess * (1 - np.clip(cover, 0, 1))
    return guess


def _joined(layers: Layers, *, pieces: list[int], largest: int, wish: Wish) -> Layer:
    """One thing of all its pieces, cut at its box. A noisy field frays and holes it: there the box has half the say,
    and the photograph decides. In an exact one, where much of the box's ellipse does not move, it is torn."""
    main = layers.objects[largest]
    shape = main.coverage.shape
    every = np.max([layers.objects[piece].coverage for piece in pieces], axis=0)
    window = _window(wish.first, shape=shape, margin=0.03)
    others = [layer for index, layer in enumerate(layers.objects) if index not in pieces]
    if layers.noise > CLEAN:
        both = 0.5 * every + 0.5 * _likely(wish, shape=shape, others=others)
        return replace(main, coverage=window * np.maximum(both, _UNSURE))
    cover, middle = every * window, _radius(wish.first, shape=shape) <= 1
    if float((middle * (cover > 0.5)).sum()) < _TORN * float(middle.sum()):
        cover = np.maximum(cover, _likely(wish, shape=shape, others=others))
    return replace(main, coverage=cover)


def _contested(layer: Layer, *, index: int, wishes: tuple[Wish, ...]) -> Layer:
    """A thing without what belongs rather to the things of other boxes; their very middle is surely theirs."""
    cover = layer.coverage
    own = _radius(wishes[index].first, shape=cover.shape)
    for other, rival in enumerate(wishes):
        if other != index:
            theirs = _radius(rival.first, shape=cover.shape)
            cover = np.where((theirs < 0.9 * own) & (theirs < 1), np.minimum(cover, 0.4), cover)
            cover = np.where((theirs < 0.5) & (theirs < 0.7 * own), 0.0, cover)
    return replace(layer, coverage=cover)


def _fresh(wish: Wish, *, background: Float[np.ndarray, "frames 2 3"], others: list[Layer]) -> Layer:
    """A thing that the motion does not show: what stands in the box, moving as the background does."""
    shape = others[0].coverage.shape if others else (_FINE_CELLS, _FINE_CELLS)
    return Layer(maps=background.copy(), coverage=_likely(wish, shape=shape, others=others))


def _corners(box: Float[np.ndarray, "4"]) -> np.ndarray:
    return np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])


def _camera(missing: list[Wish], *, background: Float[np.ndarray, "frames 2 3"]) -> bool:
    """Whether boxes without a thing mean the place itself: it already goes their way, or several go one way."""
    if not missing:
        return False
    ways = np.array([_way(wish) for wish in missing])
    if len(missing) > 1:
        return bool(np.abs(ways - ways[0]).max() < _ALIKE)
    corners = _corners(missing[0].first)
    moved = (corners @ background[-1, :, :2].T + background[-1, :, 2] - corners).mean(0)
    length = float(np.linalg.norm(ways[0]))
    return bool(length > 0 and float(moved @ ways[0]) / length > 0.2 * length)


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
