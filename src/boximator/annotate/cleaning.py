"""Stage "clean": which of the tracked things are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boximator.annotate.tracking import Thread
from boximator.scene.box import iou, outside
from boximator.scene.colours import SLOTS

SEEN = 0.5
"""Share of the frames in which a thing shows that need a detection of it."""

DOUBLE = 0.7
"""Mean overlap at which two things are one: the better one stays."""

WHOLE = 0.95
"""Share of the picture that a box may cover on average: more says nothing of where the thing is."""


def cleaned(threads: Sequence[Thread], *, smallest: float) -> list[Thread]:
    """The things to keep, at most 8, by score and size; see `boximator.annotate.settings.Settings.smallest`."""
    kept: list[Thread] = []
    for thread in sorted(threads, key=_weight, reverse=True):
        if _sound(thread, smallest=smallest) and not any(_double(thread, other) for other in kept):
            kept.append(thread)
    return kept[:SLOTS]


def _sound(thread: Thread, *, smallest: float) -> bool:
    shows = ~outside(thread.boxes)
    if thread.lost or not shows.any() or thread.seen.sum() < SEEN * shows.sum():
        return False
    sides = (thread.boxes[shows, 2:] - thread.boxes[shows, :2]).mean(0)
    return bool(shows.sum() > 1 and sides.min() >= smallest and sides.prod() <= WHOLE)


def _weight(thread: Thread) -> float:
    """The surer, the larger and the longer seen, the better."""
    sides = thread.boxes[:, 2:] - thread.boxes[:, :2]
    return thread.score * float(np.sqrt(sides.prod(1)).mean())


def _double(thread: Thread, other: Thread) -> bool:
    shows = ~outside(thread.boxes) & ~outside(other.boxes)
    return bool(shows.any() and iou(thread.boxes[shows], other.boxes[shows]).mean() > DOUBLE)
