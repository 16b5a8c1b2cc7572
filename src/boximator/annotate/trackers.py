"""Trackers by name: what joins the boxes of single frames into things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from boximator.annotate.detection import Detection, Frame
from boximator.annotate.tracking import Thread, tracked
from boximator.scene.problem import Problem

NAMES = ("norfair", "sam2")


class Tracker(Protocol):
    """Follows things through a clip."""

    def things(self, found: Sequence[Sequence[Detection]], *, frames: Sequence[Frame]) -> list[Thread]:
        """Things of the detections of each frame; ``frames`` are the pictures these were found in."""
        ...


@dataclass(frozen=True)
class ByBoxes:
    """norfair, which looks at boxes alone."""

    def things(self, found: Sequence[Sequence[Detection]], *, frames: Sequence[Frame]) -> list[Thread]:
        """See `boximator.annotate.tracking`."""
        del frames
        return tracked(found)


def check_tracker(name: str) -> None:
    """Refuse a name that no tracker has, before work begins.

    Raises:
        Problem: that.
    """
    kind, _, further = name.partition(":")
    if kind not in NAMES or (kind == "sam2") != bool(further):
        raise Problem(
            given=f'The tracker is "{name}"',
            wanted="norfair, or sam2: and a folder or hub id",
            fix="Write --tracker norfair",
        )


def load_tracker(name: str) -> Tracker:
    """See `boximator.annotate.settings.Settings.tracker`.

    Raises:
        Problem: as `check_tracker`, or it cannot be loaded.
    """
    check_tracker(name)
    kind, _, further = name.partition(":")
    if kind == "norfair":
        return ByBoxes()
    from boximator.annotate.sam2 import load_sam2

    return load_sam2(further)
