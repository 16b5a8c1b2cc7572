"""Boxes as points that move with them, for tools that know points only."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from boximator.formats.source import Size
from boximator.scene.plan import drawn_boxes
from boximator.scene.scene import Scene

PLACES = np.asarray([(0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)])
"""Where in its box each point sits: the middle, and the middles of the quarters, so that growth shows too."""


def points_of(
    scene: Scene, size: Size, *, places: Float[np.ndarray, "places 2"] = PLACES
) -> tuple[Float[np.ndarray, "frames points 2"], Bool[np.ndarray, "frames points"]]:
    """Points in pixels, track by track, and whether each is in the frame (and its track says anything there).

    Where a track says nothing its points stay where they are next, or were last.
    """
    boxes, present = drawn_boxes(scene)
    boxes = held(boxes, present) * [*size, *size]
    spots = boxes[:, :, None, :2] + places * (boxes[:, :, None, 2:] - boxes[:, :, None, :2])
    inside = np.all((spots >= 0.0) & (spots < np.asarray(size)), axis=-1)
    visible = inside & present[:, :, None]
    return spots.reshape(scene.frames, -1, 2), visible.reshape(scene.frames, -1)


def held(
    boxes: Float[np.ndarray, "frames tracks 4"], present: Bool[np.ndarray, "frames tracks"]
) -> Float[np.ndarray, "frames tracks 4"]:
    """Boxes on every frame: before its first one and after its last one a track holds that one."""
    frames = np.arange(len(boxes))
    filled = boxes.copy()
    for index in range(boxes.shape[1]):
        there = np.flatnonzero(present[:, index])
        nearest = np.clip(frames, there[0], there[-1])
        filled[:, index] = boxes[nearest, index]
    return filled
