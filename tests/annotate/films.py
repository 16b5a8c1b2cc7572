"""Small videos for the tests of annotation, and a detector of coloured squares that needs no weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from boximator.annotate.detection import Detection, Frame

DETECTOR = "python:films:squares"
COLOURS = {"dog": (220, 40, 40), "car": (40, 200, 40)}


class Squares:
    """Finds the red square ("dog") and the green one ("car")."""

    names = tuple(COLOURS)

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        return [self._in(frame, wanted) for frame in frames]

    def _in(self, frame: Frame, wanted: Sequence[str] | None) -> list[Detection]:
        found: list[Detection] = []
        for name, colour in COLOURS.items():
            held = np.abs(frame.astype(int) - colour).max(-1) < 60
            if (wanted is None or name in wanted) and held.sum() > 4:
                rows, columns = np.flatnonzero(held.any(1)), np.flatnonzero(held.any(0))
                sides = np.array([*frame.shape[1::-1]] * 2, float)
                box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / sides
                found.append(Detection(box=tuple(box.tolist()), score=0.9, label=name))
        return found


def squares() -> Squares:
    return Squares()


def moving(count: int, *, size: tuple[int, int] = (48, 64), seed: int = 0, still: bool = False) -> np.ndarray:
    """A red square that goes from left to right, over grey that differs by seed."""
    frames = np.full((count, *size, 3), 90 + seed % 60, np.uint8)
    for index in range(count):
        left = 4 if still else 4 + (size[1] - 24) * index // max(1, count - 1)
        top = 8 + seed // 60 % 12
        frames[index, top : top + 16, left : left + 16] = COLOURS["dog"]
    return frames


def film(
    path: Path,
    frames: np.ndarray,
    *,
    fps: int = 8,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    times: Sequence[int] | None = None,
    **options: Any,
) -> Path:
    """Write a video; ``times`` are in hundredths of a second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", **options) as container:
        stream: Any = container.add_stream(codec, rate=fps)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], pixels
        stream.codec_context.thread_count = 1
        stream.options = {"crf": "12", "preset": "ultrafast"}
        if times is not None:
            stream.time_base = stream.codec_context.time_base = Fraction(1, 100)
        for index, frame in enumerate(frames):
            picture: Any = av.VideoFrame.from_ndarray(frame, format="rgb24")
            if times is not None:
                picture.pts, picture.time_base = times[index], Fraction(1, 100)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path
