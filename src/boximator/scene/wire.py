"""Scenes on the wire: one versioned JSON format, read with every fault named, written whole or not at all."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any, cast

from pydantic import ValidationError

from boximator.scene.atomic import appearing
from boximator.scene.layout import laid_out
from boximator.scene.problem import Fault, ManyProblems, Problem, shortened
from boximator.scene.rules import Outline, keyframe_faults, scene_faults, size_faults
from boximator.scene.scene import VERSION, Scene
from boximator.scene.schema import adapter
from boximator.scene.wording import fault_of, not_json

LARGEST_FILE = 64 * 2**20
"""Bytes. Eight tracks with a box on every one of 10,000 frames are 4 MB; the rest is for embedded pictures."""


def read_scene(path: str | pathlib.Path) -> Scene:
    """The scene in a JSON file. Its picture stays a name relative to the file, see `beside`.

    Raises:
        ManyProblems: all that is wrong with it, each with its JSON path.
    """
    path = pathlib.Path(path)
    return scene_from_text(_text_of(path), source=path.name)


def write_scene(scene: Scene, path: str | pathlib.Path) -> None:
    """Writes the scene as a file that `read_scene` takes; an older file stays whole until the new one is.

    Raises:
        Problem: the scene has no tracks, or the place cannot be written to.
    """
    text = scene_to_text(scene)
    with appearing(pathlib.Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def beside(scene_file: str | pathlib.Path, name: str) -> pathlib.Path:
    """Where the picture that a scene file names lies: relative names start at the file's folder."""
    return pathlib.Path(scene_file).parent / name


def scene_to_text(scene: Scene) -> str:
    """The scene as JSON text: every field written out, lists of numbers on one line."""
    if not scene.tracks:
        raise _no_tracks()
    return laid_out(adapter().dump_python(scene, mode="json"))


def scene_from_text(text: str, *, source: str = "The scene") -> Scene:
    """The scene in this JSON text; `source` names it in messages.

    Raises:
        ManyProblems: all that is wrong with it, each with its JSON path.
    """
    raw, faults = _parsed(text)
    if not faults:
        faults = list(_version_faults(raw))
    scene: Scene | None = None
    if not faults:
        faults = list(_outline_faults(cast("dict[str, Any]", raw)))
        try:
            scene = adapter().validate_json(text.removeprefix("\ufeff"), strict=True)
        except ValidationError as error:
            found = [fault_of(entry) for entry in error.errors(include_url=False)]  # pyright: ignore[reportArgumentType]
            faults = _without_repeats([*faults, *found])
    if scene is None or faults:
        raise ManyProblems(source, tuple(faults))
    return scene


def _without_repeats(faults: list[Fault]) -> list[Fault]:
    """One fault for each place, and each told once: constructors find again what the rules here found."""
    told: set[str] = set()
    kept: list[Fault] = []
    for fault in faults:
        if not told & {fault.place, str(fault.problem)}:
            kept.append(fault)
        told |= {fault.place, str(fault.problem)}
    return kept


def _text_of(path: pathlib.Path) -> str:
    """The file's text, if it is one that can be a scene."""
    wanted, fix = "A scene is a JSON text file", "Give the name of a scene file"
    try:
        if path.exists() and not path.is_file():
            raise Problem(given=f"{path} is not a file", wanted=wanted, fix=fix)
        if path.stat().st_size > LARGEST_FILE:
            size = path.stat().st_size / 2**20
            raise Problem(
                given=f"{path} is {size:.1f} MB large",
                wanted=f"{wanted} of at most {LARGEST_FILE // 2**20} MB",
                fix=fix,
            )
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(
            given=f"{path} is not UTF-8 text (byte {error.start} does not fit)", wanted=wanted, fix=fix
        ) from error
    except OSError as error:
        raise Problem(given=f"{path} cannot be read: {error.strerror}", wanted=wanted, fix=fix) from error
    except ValueError as error:  # a name with a NUL byte in it
        if isinstance(error, Problem):
            raise
        raise Problem(given=f"{str(path)!r} is not a file name", wanted=wanted, fix=fix) from error


def _parsed(text: str) -> tuple[object, list[Fault]]:
    """The JSON value in the text, or the one fault that keeps it from being JSON."""
    try:
        return json.loads(
            text.removeprefix("\ufeff"), parse_constant=_constant, object_pairs_hook=_object
        ), []
    except Problem as problem:
        return None, [Fault("", problem)]
    except json.JSONDecodeError as error:
        reason = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except RecursionError:
        reason = "it is nested far too deeply"
    except ValueError:
        reason = "it has a number of thousands of digits"
    return None, [Fault("", not_json(reason))]


def _constant(name: str) -> object:
    raise Problem(
        given=f"It has a number written as {name}",
        wanted="Every number in a scene is finite",
        fix=f"Replace {name} by digits",
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object, refused when a name is in it twice: the two values cannot both be meant."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(
                given=f'An object has the field "{name[:60]}" twice',
                wanted="Each field is written once",
                fix="Remove one of the two",
            )
        found[name] = value
    return found


def _version_faults(raw: object) -> Iterator[Fault]:
    """A file of another version is judged no further: its other fields may mean something else."""
    if not isinstance(raw, dict):
        yield Fault(
            "",
            Problem(
                given=f"It holds {shortened(raw)}",
                wanted="A scene is a JSON object in curly brackets",
                fix='Start from {"version": 1, "picture": "photo.jpg", "tracks": [...]}',
            ),
        )
        return
    version = cast("dict[str, object]", raw).get("version")
    if version != VERSION or isinstance(version, bool | float):
        yield Fault(
            "version",
            Problem(
                given="There is no version" if version is None else f"The version is {shortened(version)}",
                wanted=f"This boximator reads version {VERSION}",
                fix=f'Write "version": {VERSION}, or read a newer file with a newer boximator',
            ),
        )


def _outline_faults(raw: dict[str, Any]) -> Iterator[Fault]:
    """What is wrong between fields, found whatever else is wrong within them."""
    tracks = [_fields(track) for track in _items(raw.get("tracks"))]
    if not tracks and isinstance(raw.get("tracks", []), list):
        yield Fault("tracks", _no_tracks())
    outlines: list[Outline] = []
    for index, track in enumerate(tracks):
        frames = [_fields(key).get("frame") for key in _items(track.get("keyframes"))]
        outlines.append(Outline(track.get("id"), frames, track.get("path") is not None))
        if isinstance(track.get("keyframes"), list):
            for fault in keyframe_faults(frames):
                yield Fault(f"tracks[{index}].{fault.place}", fault.problem)
    yield from scene_faults(raw.get("frames", Scene.frames), outlines)
    yield from size_faults(raw.get("width"), raw.get("height"))
    yield from _unsized(raw)


def _unsized(raw: dict[str, Any]) -> Iterator[Fault]:
    if raw.get("picture") is None and raw.get("width") is None and raw.get("height") is None:
        yield Fault(
            "picture",
            Problem(
                given="There is no picture, and no width and height either",
                wanted="A scene has a first picture, or at least a size",
                fix='Add "picture": "photo.jpg" with a file beside this one, or width and height',
            ),
        )


def _no_tracks() -> Problem:
    return Problem(
        given="The scene has no tracks",
        wanted="A scene file has 1 to 8 tracks",
        fix='Add one, for example {"id": 1, "keyframes": [{"frame": 0, "box": [0.1, 0.2, 0.4, 0.6]}]}',
    )


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _fields(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
