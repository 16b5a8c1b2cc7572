"""A clip of the procedural world with everything that is exactly known about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

Split = Literal["train", "heldout"]
SLOTS = 8


@dataclass(frozen=True)
class Clip:
    """Frames, boxes, masks and exact motion of one procedural video.

    Boxes are normalised ``x0 y0 x1 y1`` of the *whole* object (hidden parts included), clamped to the frame, so
    an object outside is a segment on the border. ``flow`` is the forward displacement of the pixels of frame 0,
    as fractions of the frame's width and height; ``visibility`` is 1 where that pixel is still seen in frame t.
    """

    frames: UInt8[np.ndarray, "frames height width 3"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, "8"]
    inside: Bool[np.ndarray, "frames 8"]
    moving: Bool[np.ndarray, "8"]
    labels: tuple[str, ...]
    caption: str
    first_masks: Float32[np.ndarray, "8 height width"]
    templates: tuple[UInt8[np.ndarray, "h w 4"] | None, ...]
    affines: Float[np.ndarray, "frames 8 2 3"]
    depth: Int[np.ndarray, "8"]
    flow: Float32[np.ndarray, "frames 2 rows columns"]
    visibility: Float32[np.ndarray, "frames rows columns"]
    camera_moves: bool
    seed: int
    split: Split

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.frames.shape[1], self.frames.shape[2]
