"""Hold boxed things to their boxes: what the adapter's motion lacks, the renderer makes up.

The control module says where things go; a young one says it too faintly (LOG.md). The boxes are known when a frame is
drawn, so the last step of the way needs no learning: every thing keeps the motion it was given, turning included, and
is shifted and scaled by what that motion is short of its hard boxes, and kept inside its soft ones. Of a motion that
obeys already nothing is changed. Not in the paper; `hold=False` shows the control module alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32

from boximator.scene.plan import ControlPlan

_EDGE = 1e-3
_STAYS = 0.03  # of the frame: sides that differ by less stay where they are
_SMALLEST = 0.01  # of the frame: no thing is shrunk below it


@dataclass(frozen=True, eq=False)
class Wish:
    """The boxes of one thing that shows in the first picture, x0 y0 x1 y1 in [0, 1]; which frames have one that is
    exact, and which one that it must stay inside."""

    boxes: Float[np.ndarray, "frames 4"]
    hard: Bool[np.ndarray, " frames"]
    soft: Bool[np.ndarray, " frames"]

    @property
    def first(self) -> Float[np.ndarray, "4"]:
        """The box in the first picture."""
        return self.boxes[0]

    @property
    def travels(self) -> bool:
        """Whether some hard box stands elsewhere, or is of another size, than the first, or the first does not lie
        in some soft one."""
        elsewhere = np.abs(self.boxes[self.hard] - self.first).max() > _STAYS
        beyond = (self.boxes[self.soft] - self.first) * np.array([1, 1, -1, -1]) > _STAYS
        return bool(elsewhere or beyond.any())


def wishes(plan: ControlPlan) -> tuple[Wish, ...]:
    """Those tracks of a plan that have a hard box in frame 0, and one that is not a segment of the border."""
    found: list[Wish] = []
    for slot in range(plan.boxes.shape[1]):
        boxes, given = plan.boxes[:, slot].astype(float), plan.present[:, slot]
        hard = plan.hard[:, slot] & given
        if hard[0] and (boxes[0, 2:] - boxes[0, :2]).min() > _EDGE:
            found.append(Wish(boxes=boxes, hard=hard, soft=given & ~hard))
    return tuple(found)


def arrivals(plan: ControlPlan, *, rows: int, columns: int) -> Float32[np.ndarray, "frames rows columns"]:
    """1 in the cells in which something is to be that does not show in the first picture, a cell more on each side."""
    found = np.zeros((len(plan.boxes), rows, columns), np.float32)
    xs, ys = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    for slot in range(plan.boxes.shape[1]):
        boxes, given = plan.boxes[:, slot].astype(float), plan.present[:, slot]
        if not given.any() or (given[0] and (boxes[0, 2:] - boxes[0, :2]).min() > _EDGE):
            continue
        for t in np.flatnonzero(given & ((boxes[:, 2:] - boxes[:, :2]).min(1) > _EDGE)):
            wide = np.abs(xs - boxes[t, ::2].mean()) < (boxes[t, 2] - boxes[t, 0]) / 2 + 1 / columns
            high = np.abs(ys - boxes[t, 1::2].mean()) < (boxes[t, 3] - boxes[t, 1]) / 2 + 1 / rows
            found[t][np.ix_(high, wide)] = 1
    return found


def outline(alpha: Float32[np.ndarray, "height width"], *, box: Float[np.ndarray, "4"]) -> np.ndarray:
    """(points, 2): the convex hull of what was cut out, stretched to fill the box that was drawn round it."""
    found = np.argwhere(alpha > 0.5)[:, ::-1].astype(np.int32)
    low, size = box[:2], box[2:] - box[:2]
    if len(found) < 3:
        return low + size * np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    hull = cv2.convexHull(found)[:, 0].astype(float)
    least = hull.min(0)
    return low + size * (hull - least) / np.maximum(hull.max(0) - least, 1e-6)


def _spans(
    maps: Float[np.ndarray, "frames 2 3"], *, points: np.ndarray
) -> tuple[Float[np.ndarray, "frames 2"], Float[np.ndarray, "frames 2"]]:
    """Centre and size of the box round the moved points in every frame."""
    places = points @ maps[:, :, :2].transpose(0, 2, 1) + maps[:, None, :, 2]
    low, high = places.min(1), places.max(1)
    return (low + high) / 2, np.maximum(high - low, _SMALLEST)


def _whole(
    low: Float[np.ndarray, "2"], high: Float[np.ndarray, "2"], *, size: Float[np.ndarray, "2"]
) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]]:
    """Centre and size of a whole thing whose box, cut at the frame, is given: beyond the border it goes on."""
    at_low, at_high = low <= _EDGE, high >= 1 - _EDGE
    shown = high - low
    full = np.where(at_low | at_high, np.maximum(size, shown), np.maximum(shown, _SMALLEST))
    centre = (low + high) / 2
    centre = np.where(at_low & ~at_high, high - full / 2, centre)
    centre = np.where(at_high & ~at_low, low + full / 2, centre)
    return centre, full


def _between(
    values: Float[np.ndarray, "frames 2"], *, known: Bool[np.ndarray, " frames"]
) -> Float[np.ndarray, "frames 2"]:
    """Linear in time between the known frames, constant after the last."""
    every = np.arange(len(values))
    return np.stack([np.interp(every, every[known], values[known, axis]) for axis in (0, 1)], axis=1)


def held(
    maps: Float[np.ndarray, "frames 2 3"], *, wish: Wish, points: np.ndarray
) -> Float[np.ndarray, "frames 2 3"]:
    """The maps of a thing, moved and scaled so that ``points`` fill its hard boxes and stay inside its soft ones.

    ``points`` are its outline in the first picture, filling its first box. What is short at the hard boxes is spread
    over the frames between them.
    """
    centre, size = _spans(maps, points=points)
    shift, growth = np.zeros_like(centre), np.zeros_like(size)
    for t in np.flatnonzero(wish.hard)[1:]:
        wanted, full = _whole(wish.boxes[t, :2], wish.boxes[t, 2:], size=size[t])
        shift[t], growth[t] = wanted - centre[t], np.log(full / size[t])
    shift, growth = (_between(values, known=wish.hard) for values in (shift, growth))
    out = maps.copy()
    for t in range(1, len(maps)):
        goal, scale = centre[t] + shift[t], np.exp(growth[t])
        if wish.soft[t]:
            goal, scale = _inside(goal, scale=scale, size=size[t], box=wish.boxes[t])
        out[t, :, :2] = scale[:, None] * maps[t, :, :2]
        out[t, :, 2] = scale * (maps[t, :, 2] - centre[t]) + goal
    return out


def _inside(
    goal: Float[np.ndarray, "2"], *, scale: Float[np.ndarray, "2"], size: np.ndarray, box: np.ndarray
) -> tuple[Float[np.ndarray, "2"], Float[np.ndarray, "2"]]:
    """Centre and scale of what fits into a soft box; a side at the border of the frame lets it out."""
    low, high = box[:2], box[2:]
    at_low, at_high = low <= _EDGE, high >= 1 - _EDGE
    closed = ~(at_low | at_high)
    shrunk = np.where(closed, np.minimum(scale, np.maximum(high - low, _SMALLEST) / size), scale)
    half = size * shrunk / 2
    goal = np.where(at_low, goal, np.maximum(goal, low + half))
    goal = np.where(at_high, goal, np.minimum(goal, high - half))
    return goal, shrunk
