"""Which format a file or folder is in, by what is in it; which one to write, by how it is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from boximator.formats.index import FORMATS, Format
from boximator.formats.mot import SHORTEST_LINE
from boximator.formats.source import json_of, text_of
from boximator.scene.problem import Problem

_FOLDERS = {
    "traj.npy": "sg-i2v",
    "gt/gt.txt": "mot",
    "seqinfo.ini": "mot",
    "gt.txt": "mot",
    "det/det.txt": "mot",
}
_WRITTEN_ONLY = {"motion_signal.mp4": "ttm", "tracks.npy": "wan-move"}
_ENDINGS = {".xml": "cvat", ".txt": "mot", ".csv": "mot", ".npy": "sg-i2v"}


def detected(path: Path) -> Format:
    """The format of what is there.

    Raises:
        Problem: nothing is there, or it is in no format that can be read.
    """
    if path.is_dir():
        for names in (_FOLDERS, _WRITTEN_ONLY):
            for file, name in names.items():
                if (path / file).is_file():
                    return FORMATS[name]
        raise _unknown(path, "neither traj.npy nor gt/gt.txt is in the folder")
    if not path.exists():
        raise Problem(
            given=f"There is no {path}", wanted="A file or folder to convert", fix="Correct the name"
        )
    name = _ENDINGS.get(path.suffix.lower())
    if name is None and path.suffix.lower() == ".json":
        name = _of_json(json_of(path))
    if name == "mot" and not _has_boxes(path):
        raise _unknown(path, "its first line is not frame, id, left, top, width, height")
    if name is None:
        raise _unknown(path, "neither its name nor what is in it says it")
    return FORMATS[name]


def _has_boxes(path: Path) -> bool:
    """Any text may end in .txt; that of MOTChallenge begins with numbers between commas."""
    first = next((line for line in text_of(path).splitlines() if line.strip()), "")
    numbers = first.split(",")[:SHORTEST_LINE]
    try:
        return len([float(number) for number in numbers]) == SHORTEST_LINE
    except ValueError:
        return False


def _of_json(value: object) -> str | None:
    """What kind of JSON this is, by its fields."""
    if isinstance(value, list):
        first = next(iter(cast("list[object]", value)), None)
        if isinstance(first, dict):
            return _of_record(cast("dict[str, Any]", first))
        return "kjnodes" if isinstance(first, list) else None
    return _of_object(cast("dict[str, Any]", value)) if isinstance(value, dict) else None


def _of_object(value: dict[str, Any]) -> str | None:
    if "images" in value and "annotations" in value:
        records = value["annotations"]
        first = records[0] if isinstance(records, list) and records else {}
        return "coco-vid" if isinstance(first, dict) and "instance_id" in first else "tao"
    if isinstance(value.get("frames"), list):
        return "scalabel"
    if "version" in value or "tracks" in value:
        return "scene"
    return _of_record(value)


def _of_record(value: dict[str, Any]) -> str | None:
    """One entry of a list."""
    if {"annotations", "predictions", "result"} & value.keys() or value.get("type") == "videorectangle":
        return "label-studio"
    if {"labels", "frameIndex", "videoName"} & value.keys():
        return "scalabel"
    return "kjnodes" if {"x", "y"} <= value.keys() else None


def wanted_format(path: Path, *, source: Format) -> Format:
    """The format to write under this name, where only one makes sense.

    Raises:
        Problem: several do, so the person has to say.
    """
    ending = path.suffix.lower()
    fitting = [one for one in FORMATS.values() if one.form == (ending or "a folder")]
    if ending == ".json" and source.name != "scene":
        return FORMATS["scene"]
    if len(fitting) != 1:
        names = ", ".join(one.name for one in fitting or FORMATS.values())
        raise Problem(
            given=f"The name {path.name} does not tell the format",
            wanted=f"A format to write: {names}",
            fix=f"Add --to {(fitting or list(FORMATS.values()))[0].name}, or the one you mean",
        )
    return fitting[0]


def _unknown(path: Path, what: str) -> Problem:
    names = ", ".join(one.name for one in FORMATS.values() if one.read is not None)
    return Problem(
        given=f"The format of {path.name} is not known: {what}",
        wanted=f"A file in one of the formats {names}",
        fix="Name the format with --from",
    )
