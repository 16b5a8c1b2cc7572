"""Stage "track": the boxes of single frames become things through all frames (norfair), and gaps are filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float

from boximator.annotate.detection import Detection
from boximator.scene.box import iou

if TYPE_CHECKING:
    from norfair import Detection as Point
    from norfair.tracker import TrackedObject

FARTHEST = 1.0
"""Of two boxes of one thing in neighbouring frames: centres this many box sizes apart, or sizes by this factor (in
natural logarithms) unlike. At 4 frames a second a walker's boxes need not overlap at all, so overlap is not asked."""

RENAMED = 0.5
"""Added to that distance where the names differ: a detector that wavers between two names of one thing still sees one,
if it is near enough."""

SAME = 0.7
"""Overlap of two boxes in one frame from which they are one thing under two names: the surer one stays."""

PATIENCE = 4
"""Frames without a detection after which a thing that comes again is another one."""

BORDER = 0.03
"""Of the frame: a thing that is this near to the border when it is seen first or last has come in or gone out."""

LOOSE = 2
"""Frames at either end that may lack a detection in the middle of the picture: the box then stays as it was."""


@dataclass(frozen=True, eq=False)
class Thread:
    """One thing: its box in every frame, and in which of them the detector saw it.

    Attributes:
        boxes: normalised and clamped; a segment on the border where it is outside.
        seen: whether the detector found it there.
        lost: whether it vanished or appeared in the middle of the picture, so that some boxes are not known.
    """

    label: str
    score: float
    boxes: Float[np.ndarray, "frames 4"]
    seen: Bool[np.ndarray, " frames"]
    lost: bool


def tracked(found: Sequence[Sequence[Detection]]) -> list[Thread]:
    """Things of the detections of each frame."""
    return [thread(seen, frames=len(found)) for seen in linked(found)]


def linked(found: Sequence[Sequence[Detection]]) -> list[dict[int, Detection]]:
    """By thing: frame -> what was detected of it, in one frame at least."""
    from norfair import Detection as Point
    from norfair import OptimizedKalmanFilterFactory, Tracker
    from norfair.distances import ScalarDistance

    # norfair's own filter is for many frames a second: at 4 it lags behind whoever walks, and loses them.
    tracker = Tracker(
        distance_function="iou",
        distance_threshold=FARTHEST,
        hit_counter_max=PATIENCE,
        initialization_delay=0,
        filter_factory=OptimizedKalmanFilterFactory(R=1.0, Q=0.5, vel_variance=10.0),
    )
    tracker.distance_function = ScalarDistance(_distance)  # its constructor takes no such thing
    things: dict[int, dict[int, Detection]] = {}
    objects: dict[int, TrackedObject] = {}  # held on to, so that no two of them share an id
    for frame, boxes in enumerate(found):
        points = [
            Point(np.asarray(one.box, float).reshape(2, 2), data=(frame, one)) for one in _single(boxes)
        ]
        tracker.update(points)
        for thing in tracker.tracked_objects:
            last: Any = thing.last_detection
            if last is not None and last.data[0] == frame:
                objects[id(thing)] = thing
                things.setdefault(id(thing), {})[frame] = last.data[1]
    return list(things.values())


def _single(boxes: Sequence[Detection]) -> list[Detection]:
    """Without those that are a surer one under another name."""
    kept: list[Detection] = []
    for one in sorted(boxes, key=lambda found: -found.score):
        if all(float(iou(np.array(one.box), np.array(other.box))) <= SAME for other in kept):
            kept.append(one)
    return kept


def _distance(new: Point, thing: TrackedObject) -> float:
    """See `FARTHEST` and `RENAMED`."""
    here, there = new.points, thing.estimate
    sizes = [np.maximum(box[1] - box[0], 1e-4) for box in (here, there)]
    apart = np.abs(here.mean(0) - there.mean(0)) / np.maximum(*sizes)
    unlike = np.abs(np.log(sizes[0] / sizes[1]))
    last: Any = thing.last_detection
    return float(np.maximum(apart, unlike).max()) + RENAMED * (last.data[1].label != new.data[1].label)


def thread(seen: dict[int, Detection], *, frames: int) -> Thread:
    """The thing of what was detected of it: gaps are filled, and ends at the border."""
    at = np.array(sorted(seen))
    known = np.array([seen[int(frame)].box for frame in at], np.float64)
    every = np.arange(frames)
    boxes = np.stack([np.interp(every, at, known[:, edge]) for edge in range(4)], axis=1)
    lost = False
    for missing, end in ((every < at[0], 0), (every > at[-1], -1)):
        if not missing.any():
            continue
        gone = _gone(known[end])
        if gone is not None:
            boxes[missing] = gone
        elif missing.sum() > LOOSE:
            lost = True
    votes: Counter[str] = Counter()
    for one in seen.values():
        votes[one.label] += one.score  # pyright: ignore[reportArgumentType]
    return Thread(
        label=votes.most_common(1)[0][0],
        score=float(np.mean([one.score for one in seen.values()])),
        boxes=boxes.clip(0, 1),
        seen=np.isin(every, at),
        lost=lost,
    )


def _gone(box: Float[np.ndarray, " 4"]) -> Float[np.ndarray, " 4"] | None:
    """The segment on the border through which a thing with this last (or first) box is out; None if it is not near."""
    x0, y0, x1, y1 = box
    gaps = np.array([x0, y0, 1 - x1, 1 - y1])
    side = int(gaps.argmin())
    if gaps[side] > BORDER:
        return None
    out = box.copy()
    out[[side % 2, side % 2 + 2]] = 0.0 if side < 2 else 1.0
    return out
