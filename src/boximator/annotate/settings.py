"""All that decides what becomes of a video, as one frozen value; runs that differ in it do not share a dataset."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from boximator.annotate.stages import STAGES


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is made of videos.

    Attributes:
        frames, fps: of a clip (paper: 16 at 4 a second).
        side: of the shorter edge in pixels, of the clips that are kept; smaller videos stay as they are.
        motion: least share of the picture that differs between the first and the last frame.
        detector: "ssdlite", "ssdlite:FOLDER", "grounding-dino:NAME", "owlv2:NAME", "florence-2:NAME", or
            "python:MODULE:FUNCTION" (called without arguments, it gives a `Detector`).
        tracker: "norfair", or "sam2:NAME".
        score: least of a detection, 0 to 1.
        smallest: least side of a box in fractions of the frame, on average over the frames in which it shows.
        boxless: keep clips in which nothing was found, too.
        clips: most of one video; 0 is all.
        longest: of a video, in seconds.
        heldout: share of videos that training does not see.
    """

    frames: int = 16
    fps: float = 4.0
    side: int = 256
    motion: float = 0.01
    detector: str = "ssdlite"
    tracker: str = "norfair"
    score: float = 0.4
    smallest: float = 0.02
    boxless: bool = False
    clips: int = 0
    longest: float = 7200.0
    heldout: float = 0.05

    @property
    def seconds(self) -> float:
        """From a clip's first frame to the beginning of the next clip."""
        return self.frames / self.fps

    def told(self) -> dict[str, Any]:
        """These and the versions of the stages: what a dataset was made with."""
        return {**asdict(self), "stages": {stage.name: stage.version for stage in STAGES}}

    def mark(self) -> str:
        """A checksum of `told`."""
        return hashlib.sha256(json.dumps(self.told(), sort_keys=True).encode()).hexdigest()
