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

    The first axis of 8 is the slot; empty slots hold zeros, an empty label and no template.

    Attributes:
        frames: what is seen.
        boxes: normalised ``x0 y0 x1 y1`` of the *whole* object (hidden parts included), clamped to the frame,
            so that an object outside is a segment on the border.
        present: whether the slot holds an object.
        inside: whether at least a fifteenth of the object's box is in the frame.
        moving: whether the object's centre ends more than a tenth of the frame from where it began.
        labels: the objects' names.
        caption: a sentence on what happens.
        masks: slot + 1 of the object that is seen at each pixel, 0 where there is none that has a box.
        first_masks: alpha (0..1) of each object's visible part in frame 0.
        first_cover: alpha (0..1) of all things in frame 0, those without a box too.
        templates: each object's own look (RGBA, straight alpha), at its size in frame 0.
        affines: template pixel (x, y, 1) -> frame pixel.
        depth: higher is nearer; -1 in empty slots.
        flow: forward displacement of frame 0's pixels, in fractions of the frame's width and height. With
            ``spread``, that of the thing near which the pixel lies.
        visibility: 1 where that pixel is still seen in frame t, else 0.
        camera_moves: whether the background visibly moves.
        seed: what the clip was made from.
        split: whether training may see it.
    """

    frames: UInt8[np.ndarray, "frames height width 3"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, " 8"]
    inside: Bool[np.ndarray, "frames 8"]
    moving: Bool[np.ndarray, " 8"]
    labels: tuple[str, ...]
    caption: str
    masks: UInt8[np.ndarray, "frames height width"]
    first_masks: Float32[np.ndarray, "8 height width"]
    first_cover: Float32[np.ndarray, "height width"]
    templates: tuple[UInt8[np.ndarray, "h w 4"] | None, ...]
    affines: Float[np.ndarray, "frames 8 2 3"]
    depth: Int[np.ndarray, " 8"]
    flow: Float32[np.ndarray, "frames 2 rows columns"]
    visibility: Float32[np.ndarray, "frames rows columns"]
    camera_moves: bool
    seed: int
    split: Split

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.frames.shape[1], self.frames.shape[2]
