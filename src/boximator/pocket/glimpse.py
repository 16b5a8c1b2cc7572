"""A small picture of where a generation is: the last frame as the base would end it now."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from boximator.pocket.filling import smooth_fill
from boximator.pocket.motion import MotionArrays

LONGEST = 256
"""Pixels of its longer side."""

_SEEN = 0.5  # visibility from which a pixel is carried along
_IN_FRONT = 8.0  # how much (as a power of e) what moves furthest outweighs what rests, where both arrive

Glimpse = Callable[[UInt8[np.ndarray, "rows columns 3"]], None]


def glimpse_of(
    photo: UInt8[np.ndarray, "height width 3"], *, motion: MotionArrays
) -> UInt8[np.ndarray, "rows columns 3"]:
    """The photograph, small, its pixels moved as the motion says for the last frame; holes are filled from around.

    Far quicker than `boximator.pocket.render.render` (which finds things, and moves each as a whole), and so it
    shows how noisy the motion still is.
    """
    scale = LONGEST / max(photo.shape[:2])
    columns, rows = (max(2, round(side * scale)) for side in photo.shape[1::-1])
    small = cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA)
    flow = np.stack([cv2.resize(plane, (columns, rows)) for plane in motion.flow[-1]], axis=-1)
    seen = cv2.resize(motion.visible[-1], (columns, rows)) > _SEEN
    summed, weight = _moved(small, flow=flow, seen=seen)
    known = weight > 0
    colour = (summed / np.maximum(weight, 1e-9)[..., None]).astype(np.float32)
    around = smooth_fill(colour, known=known.astype(np.float32))
    return np.rint(np.where(known[..., None], colour, around)).clip(0, 255).astype(np.uint8)


def _moved(
    small: UInt8[np.ndarray, "rows columns 3"],
    *,
    flow: Float32[np.ndarray, "rows columns 2"],
    seen: Bool[np.ndarray, "rows columns"],
) -> tuple[Float[np.ndarray, "rows columns 3"], Float[np.ndarray, "rows columns"]]:
    """Every seen pixel's colour at the place it goes to, weighted and summed, and the weights' sum."""
    rows, columns, _ = small.shape
    down, across = np.mgrid[:rows, :columns]
    x, y = np.rint(across + flow[..., 0] * columns), np.rint(down + flow[..., 1] * rows)
    arrives = seen & (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    place = (y[arrives] * columns + x[arrives]).astype(np.intp)
    way = np.hypot(flow[..., 0], flow[..., 1])[arrives]
    weight = np.exp(_IN_FRONT * way / max(float(way.max(initial=0.0)), 1e-6))
    planes = [
        np.bincount(place, weight * plane[arrives], rows * columns) for plane in np.moveaxis(small, -1, 0)
    ]
    total = np.bincount(place, weight, rows * columns)
    return np.stack(planes, axis=-1).reshape(small.shape), total.reshape(rows, columns)
