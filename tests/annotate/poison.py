"""Detectors that fail, for the tests of executors."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from films import Squares

from boximator.annotate.detection import Detection, Frame

MARK = "BOXIMATOR_TEST_MARKS"
"""Names a folder in which every call leaves a file."""


class Deadly(Squares):
    """Kills its process at the sight of a green square; notes every clip that it saw to its end."""

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        if any(self._in(frame, ("car",))[:1] for frame in frames):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().detect(frames, wanted=wanted)


class Slow(Squares):
    """Waits, after the third clip of all processes, until the driver is killed or a file is there."""

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        folder = Path(os.environ[MARK])
        (folder / f"{len(list(folder.iterdir())):04d}-{os.getpid()}").touch()
        while len(list(folder.iterdir())) > 3 and not (folder.parent / "go").exists():
            time.sleep(0.01)  # it stands still, and leaves the cores to the others
            if os.getppid() == 1:
                os._exit(0)
        return super().detect(frames, wanted=wanted)


def deadly() -> Deadly:
    return Deadly()


def slow() -> Slow:
    return Slow()
