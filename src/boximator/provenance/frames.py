"""The pictures in a file of any kind, as far as marks are looked for in them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.provenance.kind import PICTURES
from boximator.scene.problem import Problem
from boximator.video.picture import open_picture
from boximator.video.reader import VideoReader

MOST_FRAMES = 16
MOST_PIXELS = 100_000_000
"""Of all frames together; of larger ones fewer are looked at."""


class TooLarge(Problem):
    """More pixels than whoever asks wants to have decoded."""


def some_frames(
    content: bytes, *, kind: str, called: str, path: Path | None = None, most: int | None = None
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """A picture, or up to 16 frames of a video or an animation, evenly spread.

    Args:
        content: the file's bytes.
        kind: the usual ending of such files, by `boximator.provenance.kind`.
        called: what errors call the file.
        path: where the file is, if it is on a disk already.
        most: how many pixels a frame may have.

    Raises:
        Problem: damaged, or of a kind that cannot be decoded here.
        TooLarge: more than ``most`` pixels.
    """
    if kind in PICTURES or kind == ".gif":
        _check_pixels(_header_size(content), most=most)
        return (
            open_picture(called, data=content).pixels[None]
            if kind != ".gif"
            else _of_gif(content, called=called)
        )
    with _placed(content, kind=kind, path=path) as there:
        try:
            return _of_video(there, most=most)
        except TooLarge:
            raise
        except Problem as problem:
            said = (
                words.replace(str(there), called) for words in (problem.given, problem.wanted, problem.fix)
            )
            raise Problem(**dict(zip(("given", "wanted", "fix"), said, strict=True))) from problem


@contextmanager
def _placed(content: bytes, *, kind: str, path: Path | None) -> Generator[Path]:
    """The file under a name with the ending of its kind, since decoders also look at names."""
    if path is not None and path.suffix.lower() == kind:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"file{kind}"
        copy.write_bytes(content)
        yield copy


def _header_size(content: bytes) -> tuple[int, int]:
    """Width and height by the header; nothing where it is damaged, which `open_picture` then says in words."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.size
    except Exception:  # whatever a damaged header makes a decoder raise
        return 0, 0


def _check_pixels(size: tuple[int, int], *, most: int | None) -> None:
    if most is not None and size[0] * size[1] > most:
        raise TooLarge(
            given=f"It is {size[0]} x {size[1]} pixels large",
            wanted=f"At most {most} pixels are looked at here",
            fix="Ask on the command line: boximator verify FILE",
        )


def _of_video(path: Path, *, most: int | None) -> UInt8[np.ndarray, "frames rows columns 3"]:
    with VideoReader(path) as video:
        rows, columns = video.size
        _check_pixels((columns, rows), most=most)
        return np.stack([video[index] for index in _spread(len(video), pixels=rows * columns)])


def _of_gif(content: bytes, *, called: str) -> UInt8[np.ndarray, "frames rows columns 3"]:
    first = open_picture(called, data=content).pixels  # says in words what is wrong with a damaged file
    frames: list[np.ndarray] = []
    try:
        with Image.open(io.BytesIO(content)) as gif:
            for index in _spread(getattr(gif, "n_frames", 1), pixels=first[..., 0].size):
                gif.seek(index)
                frames.append(np.asarray(gif.convert("RGB")))
    except Exception as error:  # decoders raise whatever they like on damaged files
        raise Problem(
            given=f"{called} is damaged: {' '.join(str(error).split())[:200] or type(error).__name__}",
            wanted="A whole GIF is needed",
            fix="Get the file again",
        ) from error
    return np.stack(frames)


def _spread(count: int, *, pixels: int) -> list[int]:
    most = max(1, min(count, MOST_FRAMES, MOST_PIXELS // pixels))
    return sorted({round(index) for index in np.linspace(0, count - 1, most)})
