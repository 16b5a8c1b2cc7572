"""Boxes for what lies at a point of a picture or is named: the detector of `boximator annotate`, read late."""

from __future__ import annotations

import threading
from pathlib import Path

from boximator.annotate.detection import Detection
from boximator.annotate.fetch import FETCH, detector_folder
from boximator.annotate.proposals import Finder
from boximator.annotate.vocabulary import class_of
from boximator.scene.problem import Problem
from boximator.video.picture import read_picture

NO_DETECTOR = f"No detector is installed here ({FETCH} fetches one), so boxes are drawn by hand."
LEAST, MOST = 0.3, 20
"""The lowest score that counts, and how many boxes are told."""

Point = tuple[float, float]


class Proposer:
    """One detector for all calls, one call at a time."""

    def __init__(self, finder: Finder | None = None) -> None:
        self._finder = finder
        self._one_by_one = threading.Lock()

    @property
    def installed(self) -> bool:
        """Whether there is a detector."""
        try:
            return self._finder is not None or detector_folder().is_dir()
        except Problem:
            return False

    def propose(self, picture: Path, *, point: Point | None, phrase: str | None) -> list[Detection]:
        """What lies at the point (the smallest first) and is what the phrase names; all there is, without them.

        Raises:
            Problem: there is no detector.
        """
        wanted = None if phrase is None else class_of(phrase)
        if phrase is not None and wanted is None:
            return []
        with self._one_by_one:
            self._finder = self._finder or Finder.default(least=LEAST)
            found = self._finder.things(read_picture(picture))
        kept = [one for one in found if wanted in (None, one.label) and (point is None or _holds(one, point))]
        return (kept if point is None else sorted(kept, key=_area))[:MOST]


def _holds(found: Detection, point: Point) -> bool:
    x0, y0, x1, y1 = found.box
    return x0 <= point[0] <= x1 and y0 <= point[1] <= y1


def _area(found: Detection) -> float:
    x0, y0, x1, y1 = found.box
    return (x1 - x0) * (y1 - y0)
