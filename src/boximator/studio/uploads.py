"""What an uploaded file is, told by its first bytes: its name is the client's and says nothing for sure."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from boximator.scene.problem import Problem
from boximator.video.picture import Picture
from boximator.video.reader import VideoReader

LONGEST_NAME = 100
VIDEO_MARKS = ((4, b"ftyp", ".mp4"), (0, b"\x1a\x45\xdf\xa3", ".webm"), (8, b"AVI ", ".avi"))
"""MP4 and MOV, WebM and MKV, AVI. Only these: lists of other files (HLS, concat) would be followed."""
AVIF = frozenset({b"avif", b"avis", b"heic", b"mif1"})
ENDINGS = {
    "PNG": ".png",
    "JPEG": ".jpg",
    "MPO": ".jpg",
    "WEBP": ".webp",
    "GIF": ".gif",
    "BMP": ".bmp",
    "TIFF": ".tif",
    "AVIF": ".avif",
}
"""Of the kinds of pictures that Pillow tells apart."""


def video_ending(data: bytes) -> str | None:
    """The usual ending of a video of this kind; None for what is no video."""
    if data[8:12] in AVIF:
        return None
    return next((ending for start, mark, ending in VIDEO_MARKS if data[start:].startswith(mark)), None)


def picture_header(data: bytes) -> tuple[str | None, tuple[int, int]]:
    """A picture's usual ending, its width and height, by the header alone; (None, (0, 0)) for what is no picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return ENDINGS.get(image.format or ""), image.size
    except Exception:  # whatever a damaged header makes a decoder raise
        return None, (0, 0)


def first_frame(data: bytes, *, called: str) -> Picture:
    """The first frame of a video.

    Raises:
        Problem: it is damaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        try:
            with VideoReader(path) as video:
                return Picture(pixels=video[0], notes=(f"{called} is a video; its first frame is used.",))
        except Problem as problem:
            raise Problem(
                given=problem.given.replace(str(path), called), wanted=problem.wanted, fix=problem.fix
            ) from problem


def called(name: str, *, otherwise: str = "picture") -> str:
    """A file's name for people: its last part, without what a terminal or a page would obey."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[-LONGEST_NAME:] or otherwise
