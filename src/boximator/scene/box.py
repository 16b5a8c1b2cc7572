"""Boxes: normalised x0 y0 x1 y1, origin top left, half-open edges; one at a time, or arrays of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from boximator.scene.problem import Problem

TOUCH = 1e-6
"""Frame shares below this count as nothing: a box that shows less than this is outside the frame."""


@dataclass(frozen=True)
class Box:
    """A box in fractions of the frame. It may lie partly or wholly outside [0, 1], and may be a line.

    Raises:
        Problem: a coordinate is not finite, or the box is reversed (x1 < x0 or y1 < y0).
    """

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        written = f"[{self.x0:g}, {self.y0:g}, {self.x1:g}, {self.y1:g}]"
        if not all(math.isfinite(value) for value in self.as_tuple()):
            raise Problem(
                given=f"The box {written} has a coordinate that is not a finite number",
                wanted="A box is four finite numbers x0, y0, x1, y1 in fractions of the frame",
                fix="Write numbers such as [0.1, 0.2, 0.4, 0.6]",
            )
        if self.x1 < self.x0 or self.y1 < self.y0:
            ordered = [*sorted((self.x0, self.x1)), *sorted((self.y0, self.y1))]
            x0, x1, y0, y1 = ordered
            raise Problem(
                given=f"The box {written} is reversed: it ends (x1, y1) before it starts (x0, y0)",
                wanted="A box is x0, y0, x1, y1 with x0 <= x1 and y0 <= y1",
                fix=f"Write [{x0:g}, {y0:g}, {x1:g}, {y1:g}] instead",
            )

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in frame widths and heights."""
        return self.x1 - self.x0, self.y1 - self.y0

    @property
    def is_outside(self) -> bool:
        """Whether nothing of the box shows in the frame (a segment on the border counts as outside)."""
        return bool(outside(np.asarray(self.as_tuple())))

    @property
    def is_segment(self) -> bool:
        """Whether what is passed on is a line or a point: drawn flat, or wholly outside the frame."""
        width, height = self.clamped().size
        return min(width, height) <= TOUCH

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.x0, self.y0, self.x1, self.y1

    def clamped(self) -> Box:
        """The part inside the frame; a box wholly outside becomes a segment (or corner) on the border."""
        return Box(*(min(max(value, 0.0), 1.0) for value in self.as_tuple()))

    def relaxed(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Grown by these shares of the frame, one for each side; not clamped."""
        return Box(self.x0 - left, self.y0 - top, self.x1 + right, self.y1 + bottom)

    def moved_to(self, centre: tuple[float, float]) -> Box:
        width, height = self.size
        x, y = centre
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def blend(self, other: Box, t: float) -> Box:
        """Linear interpolation of the edges: this box at t = 0, the other at t = 1, exactly."""
        pairs = zip(self.as_tuple(), other.as_tuple(), strict=True)
        return Box(*((1.0 - t) * a + t * b for a, b in pairs))

    def iou(self, other: Box) -> float:
        """Intersection over union, see the array function of the same name."""
        return float(iou(np.asarray(self.as_tuple()), np.asarray(other.as_tuple())))


def clamp(boxes: Float[np.ndarray, "*batch 4"]) -> Float[np.ndarray, "*batch 4"]:
    """Boxes cut to the frame; those wholly outside become segments on the border (paper)."""
    return np.clip(boxes, 0.0, 1.0)


def outside(boxes: Float[np.ndarray, "*batch 4"]) -> Bool[np.ndarray, "*batch"]:
    """Whether nothing of a box shows in the frame: so a segment on the border is, a line inside is not."""
    x0, y0, x1, y1 = np.moveaxis(boxes, -1, 0)
    return (x1 <= TOUCH) | (y1 <= TOUCH) | (x0 >= 1.0 - TOUCH) | (y0 >= 1.0 - TOUCH)


def contains(
    outer: Float[np.ndarray, "*batch 4"], inner: Float[np.ndarray, "*batch 4"], *, tolerance: float = TOUCH
) -> Bool[np.ndarray, "*batch"]:
    """Whether each inner box lies in its outer box, edges included, up to `tolerance` of the frame."""
    starts = outer[..., :2] <= inner[..., :2] + tolerance
    ends = outer[..., 2:] >= inner[..., 2:] - tolerance
    return np.all(starts & ends, axis=-1)


def iou(
    first: Float[np.ndarray, "*batch 4"], second: Float[np.ndarray, "*batch 4"]
) -> Float[np.ndarray, "*batch"]:
    """Intersection over union in [0, 1].

    Two boxes without area (segments) have no union: they score 1 when they are the same, else 0.
    """
    overlap = np.minimum(first[..., 2:], second[..., 2:]) - np.maximum(first[..., :2], second[..., :2])
    intersection = np.prod(np.maximum(overlap, 0.0), axis=-1)
    areas = [np.prod(boxes[..., 2:] - boxes[..., :2], axis=-1) for boxes in (first, second)]
    union = areas[0] + areas[1] - intersection
    same = np.all(np.abs(first - second) <= TOUCH, axis=-1)
    return np.where(union > 0.0, intersection / np.where(union > 0.0, union, 1.0), same.astype(first.dtype))
