"""A scene inside its own first picture: the PNG that the editor saves, the scene as an iTXt chunk in it.

Chunks by the PNG specification (third edition), sections 5 and 11.3.3. The editor's side is
web/src/files/png.ts; tests/golden/project.png was written by it.
"""

from __future__ import annotations

import pathlib
import struct
import zlib
from dataclasses import replace
from typing import BinaryIO

from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.wire import LARGEST_FILE, scene_from_text

KEYWORD = b"boximator"
"""Under which name the scene stands in the file."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def scene_inside(path: str | pathlib.Path) -> Scene | None:
    """The scene in a picture that the editor saved; None for any other file, also one that is not there.

    The scene's picture is the file itself, by its name now, whatever it was called when it was saved.

    Raises:
        Problem: the scene in it is damaged, or compressed.
        ManyProblems: all that is wrong with the scene, each with its JSON path.
    """
    path = pathlib.Path(path)
    try:
        with path.open("rb") as file:
            data = _chunk(file, path)
    except OSError:
        return None  # whoever opens the picture says what is wrong with it
    if data is None:
        return None
    scene = scene_from_text(_text(data, path), source=f"The scene in {path.name}")
    return replace(scene, picture=path.name)


def _chunk(file: BinaryIO, path: pathlib.Path) -> bytes | None:
    """The data of the chunk with the scene; other chunks are passed over unread."""
    if file.read(8) != _SIGNATURE:
        return None
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return None
        start = file.read(len(KEYWORD) + 1) if kind == b"iTXt" and length > len(KEYWORD) else b""
        if start == KEYWORD + b"\0":
            if length > LARGEST_FILE:
                raise _unreadable(path, f"is {length / 2**20:.1f} MB large")
            data = start + file.read(length - len(start))
            if file.read(4) != struct.pack(">I", zlib.crc32(kind + data)):
                raise _unreadable(path, "is damaged: its checksum does not fit")
            return data
        file.seek(length - len(start) + 4, 1)
    return None


def _text(data: bytes, path: pathlib.Path) -> str:
    """What follows the keyword, two flags and two names."""
    flags, rest = data[len(KEYWORD) + 1 : len(KEYWORD) + 3], data[len(KEYWORD) + 3 :]
    _language, _, rest = rest.partition(b"\0")
    _translated, end, text = rest.partition(b"\0")
    if flags[:1] != b"\0" or not end:
        raise _unreadable(path, "was compressed or cut by another program")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(path, "is not UTF-8 text") from error


def _unreadable(path: pathlib.Path, reason: str) -> Problem:
    return Problem(
        given=f"The scene inside {path} {reason}",
        wanted="A picture as the editor saved it, or a plain picture with boxes given as options",
        fix='Save it again from the editor, or add --box "dog:0.1,0.5,0.3,0.8"',
    )
