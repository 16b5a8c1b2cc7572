"""What is kept of an annotated clip: where it came from, who allowed it, and where each thing is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32
from pydantic import ConfigDict, TypeAdapter

from boximator.scene.box import outside
from boximator.scene.colours import SLOTS

VERSION = 2
"""Of the JSON; 1 is that of `boximator world`."""

Split = Literal["train", "heldout"]


@dataclass(frozen=True)
class Followed:
    """One thing through all frames.

    Attributes:
        id: 1 to 8, as in a scene.
        label: what it is.
        score: mean of the detector's, 0 to 1.
        boxes: x0 y0 x1 y1 in [0, 1] for every frame, clamped (a segment on the border: it is outside).
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: int
    label: str
    score: float
    boxes: list[tuple[float, float, float, float]]


@dataclass(frozen=True, kw_only=True)
class Record:
    """A clip without its pixels.

    Attributes:
        clip: its name among all clips: 16 hexadecimal digits of its video, and its number there.
        video: SHA-256 of the file it was cut from; ``start`` is the second at which it begins there.
        motion: share of the picture that differs between the first and the last frame.
        source, licence: where the video is from, and what allows its use; ``exempt`` names who waived the need.
        sha256: of the clip's own MP4.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: Literal[2] = VERSION
    clip: str
    video: str
    start: float
    split: Split
    frames: int
    height: int
    width: int
    fps: float
    caption: str
    motion: float
    source: str
    licence: str
    attribution: str = ""
    exempt: str = ""
    sha256: str
    tracks: tuple[Followed, ...]

    def boxes(self) -> Float32[np.ndarray, "frames 8 4"]:
        """Track i in slot i - 1; zeros in empty slots."""
        table = np.zeros((self.frames, SLOTS, 4), np.float32)
        for track in self.tracks:
            table[:, track.id - 1] = track.boxes
        return table

    def present(self) -> Bool[np.ndarray, " 8"]:
        """Which slots hold a thing."""
        found = np.zeros(SLOTS, bool)
        found[[track.id - 1 for track in self.tracks]] = True
        return found

    def labels(self) -> tuple[str, ...]:
        """Of each slot; empty where there is nothing."""
        names = {track.id: track.label for track in self.tracks}
        return tuple(names.get(slot + 1, "") for slot in range(SLOTS))


def to_json(record: Record) -> bytes:
    """As it is written into a shard."""
    return TypeAdapter(Record).dump_json(record)


def from_json(data: bytes) -> Record:
    """The inverse. Raises ValueError for what is no record."""
    return TypeAdapter(Record).validate_json(data)


def inside_of(
    boxes: Float32[np.ndarray, "frames 8 4"], *, present: Bool[np.ndarray, " 8"]
) -> Bool[np.ndarray, "frames 8"]:
    """Whether something of each box shows."""
    return ~outside(boxes) & present
