"""How right found boxes are, against boxes that are known: recall, precision, switches of identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from boximator.scene.box import iou

Boxes = Mapping[int, tuple[float, float, float, float]]
"""Of one frame: the thing's number -> x0 y0 x1 y1 in [0, 1]."""

ALIKE = 0.5
"""Least overlap (IoU) of a found box and a known one that are one thing."""


@dataclass(frozen=True)
class Score:
    """Counts of boxes; ``switches`` is how often a known thing is followed under another number than before."""

    known: int = 0
    found: int = 0
    right: int = 0
    switches: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.known + other.known,
            self.found + other.found,
            self.right + other.right,
            self.switches + other.switches,
        )

    @property
    def recall(self) -> float:
        """Share of the known boxes that were found; NaN without any."""
        return self.right / self.known if self.known else float("nan")

    @property
    def precision(self) -> float:
        """Share of the found boxes that are known; NaN without any."""
        return self.right / self.found if self.found else float("nan")


def overlaps(known: Boxes, found: Boxes) -> Float[np.ndarray, "known found"]:
    """IoU of each known box with each found one, in the order of the mappings."""
    rows = np.array(list(known.values()), np.float64).reshape(-1, 1, 4)
    columns = np.array(list(found.values()), np.float64).reshape(1, -1, 4)
    shape = (len(known), len(found), 4)
    if 0 in shape:
        return np.zeros(shape[:2])
    return iou(np.broadcast_to(rows, shape), np.broadcast_to(columns, shape))


def pairs(known: Boxes, found: Boxes) -> dict[int, int]:
    """Known thing -> found thing, the most alike first, each once, none below `ALIKE`."""
    table = overlaps(known, found)
    rows, columns = list(known), list(found)
    chosen: dict[int, int] = {}
    for place in np.argsort(-table, axis=None, kind="stable"):
        row, column = divmod(int(place), len(columns))
        if table[row, column] < ALIKE:
            break
        if rows[row] not in chosen and columns[column] not in chosen.values():
            chosen[rows[row]] = columns[column]
    return chosen


def scored(known: Sequence[Boxes], *, found: Sequence[Boxes]) -> list[Score]:
    """Frame by frame, in their order; sum them for a clip."""
    before: dict[int, int] = {}
    scores: list[Score] = []
    for there, here in zip(known, found, strict=True):
        now = pairs(there, here)
        switches = sum(before.get(thing, number) != number for thing, number in now.items())
        before |= now
        scores.append(Score(len(there), len(here), len(now), switches))
    return scores
