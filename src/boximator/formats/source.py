"""Reading what others wrote: bytes -> checked values. Whatever is wrong is a `Problem` with the place of it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from boximator.scene.problem import Problem, shortened
from boximator.scene.rules import LARGEST_SIDE, LONGEST_SCENE, SMALLEST_SIDE
from boximator.scene.scene import Scene

LARGEST_FILE = 256 * 2**20
"""Bytes. A gigabyte of annotations is a data set, not a shot."""

Size = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file or folder to read, and what the person said of it that it may not say itself.

    Attributes:
        size: width and height in pixels, where the format holds neither.
        fps: frames per second, where the format has none.
    """

    path: Path
    size: Size | None = None
    fps: int | None = None


@dataclass(frozen=True, kw_only=True)
class Read:
    """A scene from another tool's file.

    Attributes:
        scene: with a keyframe on every frame the file has a box for, where `dense`.
        notes: what of this file is not in the scene, or is in it otherwise, in sentences.
        dense: the file has no keyframes, so that a person will want most of these boxes thinned out.
        picture: the first frame, if the file names or holds one.
    """

    scene: Scene
    notes: tuple[str, ...] = ()
    dense: bool = False
    picture: Path | None = None


def bytes_of(path: Path) -> bytes:
    """The file's bytes, if it is a file and not absurdly large."""
    try:
        if not path.is_file():
            raise Problem(
                given=f"{path} is a folder" if path.is_dir() else f"There is no file {path}",
                wanted="A file to read",
                fix="Correct the name",
            )
        if path.stat().st_size > LARGEST_FILE:
            raise Problem(
                given=f"{path} has {path.stat().st_size / 2**20:.0f} MB",
                wanted=f"At most {LARGEST_FILE // 2**20} MB",
                fix="Export one video or one shot of it",
            )
        return path.read_bytes()
    except OSError as error:
        raise Problem(
            given=f"{path} cannot be read: {error.strerror}", wanted="A file to read", fix="Correct the name"
        ) from error
    except ValueError as error:  # a NUL byte in the name
        if isinstance(error, Problem):
            raise
        raise Problem(given=f"{str(path)!r} is no name", wanted="A file", fix="Correct the name") from error


def text_of(path: Path) -> str:
    """The file's text; a byte order mark is taken off."""
    try:
        return bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(
            given=f"{path.name} is not UTF-8 text (byte {error.start} does not fit)",
            wanted="A text file as the other tool exports it",
            fix="Export it again, or save it as UTF-8",
        ) from error


def json_of(path: Path) -> object:
    try:
        return json.loads(text_of(path))
    except RecursionError as error:
        raise _no_json(path, "it is nested far too deeply") from error
    except json.JSONDecodeError as error:
        raise _no_json(path, f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except ValueError as error:
        if isinstance(error, Problem):
            raise
        raise _no_json(path, "it has a number of thousands of digits") from error


def _no_json(path: Path, reason: str) -> Problem:
    return Problem(
        given=f"{path.name} is not JSON: {reason}",
        wanted="A whole JSON file",
        fix="Export it again, or name the format it is in with --from",
    )


def wrong(place: str, value: object, wanted: str) -> Problem:
    """A value of the wrong kind at a place in the file."""
    return Problem(
        given=f"{place} is {shortened(value)}",
        wanted=f"{place} is {wanted}",
        fix="Correct the file, or export it again",
    )


def fields(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(place, value, "an object")
    return cast("dict[str, Any]", value)


def items(value: object, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong(place, value, "a list")
    return cast("list[Any]", value)


def number(value: object, place: str) -> float:
    """A finite number; digits in a text count too, since XML and CSV have nothing else."""
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            found = float(value)
        except (ValueError, OverflowError):
            found = math.nan
        if math.isfinite(found):
            return found
    raise wrong(place, value, "a finite number")


def whole(value: object, place: str) -> int:
    found = number(value, place)
    if found != round(found) or abs(found) > 2**53:
        raise wrong(place, value, "a whole number")
    return int(found)


def frame_number(value: object, place: str, *, first: int = 0) -> int:
    """A frame, counted from 0, of a file that counts from `first`."""
    found = whole(value, place) - first
    if not 0 <= found < LONGEST_SCENE:
        raise wrong(place, value, f"a frame from {first} to {LONGEST_SCENE - 1 + first}")
    return found


def frame_count(value: object, place: str) -> int:
    found = whole(value, place)
    if not 1 <= found <= LONGEST_SCENE:
        raise wrong(place, value, f"a number of frames from 1 to {LONGEST_SCENE}")
    return found


def size_of(width: object, height: object, place: str) -> Size:
    sides = whole(width, f"{place} width"), whole(height, f"{place} height")
    for side in sides:
        if not SMALLEST_SIDE <= side <= LARGEST_SIDE:
            raise wrong(f"{place} size", list(sides), f"{SMALLEST_SIDE} to {LARGEST_SIDE} pixels a side")
    return sides


def needed_size(source: Source, format_name: str) -> Size:
    """The size the person told, for a format in pixels that does not say how large the picture is."""
    if source.size is None:
        raise Problem(
            given=f"{source.path.name} does not say how large the picture is",
            wanted=f"{format_name} counts in pixels, and a scene in fractions of the frame",
            fix="Add --size WIDTHxHEIGHT, or --picture with the first frame",
        )
    return source.size
