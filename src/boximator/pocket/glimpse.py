"""A small picture of where a generation is: the last frame as the base would end it now."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from boximator.pocket.motion import MotionArrays

LONGEST = 256
"""Pixels of its longer side."""

_CHANGED = 0.08  # difference of colour (0..1) from which the base's own colours are shown alone

Glimpse = Callable[[UInt8[np.ndarray, "rows columns 3"]], None]


def glimpse_of(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    motion: MotionArrays,
    first: Float32[np.ndarray, "cells_down cells_across 3"],
) -> UInt8[np.ndarray, "rows columns 3"]:
    """The photograph, small, with the base's low-resolution colours where these differ from ``first``.

    Far quicker than `boximator.pocket.render.render`, and as vague as the base still is.
    """
    scale = LONGEST / max(photo.shape[:2])
    size = (max(2, round(photo.shape[1] * scale)), max(2, round(photo.shape[0] * scale)))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    colour = motion.colour[-1]
    changed = np.clip(np.abs(colour - first).max(axis=-1) / _CHANGED, 0, 1)
    colour = cv2.resize(colour, size, interpolation=cv2.INTER_CUBIC)
    share = cv2.resize(changed, size, interpolation=cv2.INTER_LINEAR)[..., None]
    mixed = share * colour + (1 - share) * small
    return np.clip(mixed * 255 + 0.5, 0, 255).astype(np.uint8)
