"""Videos -> frames by index, exact: no guessing from times."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from jaxtyping import UInt8

from boximator.scene.problem import Problem
from boximator.video.writer import pyav

DECODED_THROUGH = 32
"""Frames ahead that are reached by decoding on; seeking would be slower."""


class VideoReader:
    """A video file as a sequence of upright RGB frames.

    Opening reads the packets' times without decoding; a frame is then found by seeking to the key frame
    before it and decoding from there, or by decoding on from the last one read.

        with VideoReader("clip.mp4") as video:
            first = video[0]

    Raises:
        Problem: no such file, no video in it, or a damaged file.
    """

    def __init__(self, path: str | pathlib.Path) -> None:
        self.path = pathlib.Path(path)
        av = pyav()
        if not self.path.is_file():
            raise Problem(
                given=f"There is no video at {path}",
                wanted="A video file is needed",
                fix="Correct the name",
            )
        try:
            self._container: Any = av.open(str(self.path))
        except (av.FFmpegError, ValueError) as error:
            raise self._damaged(error) from error
        if not self._container.streams.video:
            self.close()
            raise Problem(
                given=f"{path} has no video in it",
                wanted="A file with a video stream",
                fix="Use another file",
            )
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._decoder: Iterator[Any] | None = None
        self._next = 0
        self._rotation = 0
        try:
            self._times = self._index()
        except av.FFmpegError as error:
            self.close()
            raise self._damaged(error) from error
        if not self._times:
            self.close()
            raise Problem(
                given=f"{path} has no frames",
                wanted="A video with at least one frame",
                fix="Use another file",
            )

    @property
    def fps(self) -> float:
        """Frames per second, the average if it varies."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else 1.0

    @property
    def rotation(self) -> int:
        """Degrees by which the stored frames are turned to be upright (which the frames given here are)."""
        self[0]
        return self._rotation

    @property
    def bits(self) -> int:
        """Of each colour as it is stored; frames are given with 8."""
        pixels: Any = self._stream.codec_context.format
        return max((part.bits for part in pixels.components), default=8) if pixels is not None else 8

    @property
    def times(self) -> list[float]:
        """Seconds from the first frame to each, which need not be evenly spread."""
        base = float(self._stream.time_base or 1)
        return [(time - self._times[0]) * base for time in self._times]

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of an upright frame."""
        rows, columns, _ = self[0].shape
        return rows, columns

    def __len__(self) -> int:
        return len(self._times)

    def __getitem__(self, index: int) -> UInt8[np.ndarray, "rows columns 3"]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"frame {index} of a video with {len(self)} frames")
        return self._decoded(index % len(self))

    def read(self, indices: Sequence[int] | None = None) -> UInt8[np.ndarray, "frames rows columns 3"]:
        """Several frames (all by default) in the order asked for."""
        wanted = range(len(self)) if indices is None else indices
        return np.stack([self[index] for index in wanted])

    def close(self) -> None:
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _index(self) -> list[int]:
        """Presentation times of all frames, in order."""
        packets = self._container.demux(self._stream)
        return sorted(packet.pts for packet in packets if packet.pts is not None and not packet.is_discard)

    def _decoded(self, index: int) -> UInt8[np.ndarray, "rows columns 3"]:
        av = pyav()
        wanted = self._times[index]
        try:
            if self._decoder is None or not self._next <= index < self._next + DECODED_THROUGH:
                self._container.seek(wanted, stream=self._stream, backward=True)
                self._decoder = self._container.decode(self._stream)
            for frame in self._decoder or ():
                if frame.pts is not None and frame.pts >= wanted:
                    self._next = index + 1
                    self._rotation = int(frame.rotation)
                    turns = round(frame.rotation / 90)
                    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns))
        except av.FFmpegError as error:
            self._decoder = None
            raise self._damaged(error) from error
        self._decoder = None
        raise self._damaged(f"frame {index} cannot be decoded")

    def _damaged(self, reason: object) -> Problem:
        said = getattr(reason, "strerror", None) or reason  # without the number and the path that FFmpeg adds
        return Problem(
            given=f"{self.path} cannot be read as a video: {said}",
            wanted="A whole video file in a common format is needed",
            fix="Get the file again, or convert it to MP4",
        )
