"""Stage "probe": what a file is, before any work is put into it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boximator.scene.problem import Problem
from boximator.video.reader import VideoReader

UNEVEN = 0.05
"""Frame times that stray from an even rate by more than this share of a frame's time: a variable rate."""


@dataclass(frozen=True)
class Facts:
    """Of an upright video. ``notes`` say what is unusual, and how it was dealt with."""

    frames: int
    fps: float
    seconds: float
    height: int
    width: int
    notes: tuple[str, ...] = ()


def probe(path: Path, *, longest: float, shortest: float) -> Facts:
    """Open a video, read its times and its first frame.

    Raises:
        Problem: it is empty, no video, damaged, or lasts less or more seconds than wanted.
    """
    if path.stat().st_size == 0:
        raise Problem(given=f"{path} is empty (0 bytes)", wanted="A video file", fix="Get the file again")
    with VideoReader(path) as video:
        times, (height, width) = video.times, video.size
        notes = _notes(video, times=times)
        fps = video.fps
    if len(times) < 2:
        raise Problem(
            given=f"{path} has 1 frame", wanted="A video that moves", fix="Leave it out: it is a picture"
        )
    seconds = times[-1] + float(np.median(np.diff(times)))
    if seconds > longest:
        raise Problem(
            given=f"{path} lasts {seconds / 3600:.1f} hours",
            wanted=f"At most {longest / 3600:.1f} hours in one file, the unit of work",
            fix="Cut it into parts, or give --longest SECONDS",
        )
    if seconds < shortest:
        raise Problem(
            given=f"{path} lasts {seconds:.2f} seconds",
            wanted=f"At least one clip of {shortest:.2f} seconds",
            fix="Leave it out, or ask for fewer --frames or more --fps",
        )
    return Facts(frames=len(times), fps=fps, seconds=seconds, height=height, width=width, notes=notes)


def _notes(video: VideoReader, *, times: list[float]) -> tuple[str, ...]:
    steps = np.diff(times)
    even = len(steps) == 0 or np.abs(steps - np.median(steps)).max() <= UNEVEN * max(np.median(steps), 1e-9)
    said = (
        (not even, "variable frame rate: frames are taken by their times"),
        (video.rotation % 360 != 0, f"rotated by {video.rotation} degrees: turned upright"),
        (video.bits > 8, f"{video.bits}-bit: read as 8"),
    )
    return tuple(words for holds, words in said if holds)


def checksum_of(path: Path) -> str:
    """SHA-256 of a file, a megabyte at a time."""
    mark = hashlib.sha256()
    with path.open("rb") as stream:
        while data := stream.read(1 << 20):
            mark.update(data)
    return mark.hexdigest()
