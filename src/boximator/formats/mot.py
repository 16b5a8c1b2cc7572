"""MOTChallenge (`gt/gt.txt`, `seqinfo.ini`): a box for each object and frame.

Source: the MOTChallenge development kit, and Datumaro's plug-in of it, whose `gt/labels.txt` (class names, one a
line) is read and written. A line is `frame, id, left, top, width, height, confidence, class, visibility`; frames and
classes are counted from 1, boxes are pixels with the frame's corner at 0, and confidence 0 means "do not count this".
"""

from __future__ import annotations

import configparser
import csv
import io
from pathlib import Path

from boximator.formats.features import NO_NAME
from boximator.formats.source import (
    Read,
    Source,
    frame_count,
    frame_number,
    needed_size,
    number,
    size_of,
    text_of,
    whole,
)
from boximator.formats.target import Target, Written
from boximator.formats.tracks import Seen, box_in_pixels, in_pixels, number_of, scene_of
from boximator.scene.plan import drawn_boxes
from boximator.scene.problem import Problem

SHORTEST_LINE = 6


def read(source: Source) -> Read:
    """The scene in a sequence's folder, or in one gt.txt, det.txt or file of results.

    Raises:
        Problem: no such file, a line that is none, or no size to be found.
    """
    table = _table(source.path)
    about = _about(table)
    length = about.get("seqlength")
    frames = None if length is None else frame_count(length, "seqLength")
    size = (
        size_of(about["imwidth"], about["imheight"], "seqinfo.ini")
        if "imwidth" in about and "imheight" in about
        else needed_size(source, "MOTChallenge")
    )
    rate = about.get("framerate")
    fps = source.fps or (None if rate is None else round(min(max(number(rate, "frameRate"), 1), 120)))
    names = _names(table)
    seen: dict[int, Seen] = {}
    ignored = 0
    for index, row in enumerate(csv.reader(io.StringIO(text_of(table)))):
        if not row or not "".join(row).strip():
            continue
        place = f"{table.name} line {index + 1}"
        values = _values(row, place)
        if len(values) > 6 and values[6] == 0:
            ignored += 1
            continue
        frame = frame_number(values[0], f"{place}, frame", first=1)
        who = whole(values[1], f"{place}, id")
        kind = whole(values[7], f"{place}, class") if len(values) > 7 else -1
        left, top, width, height = values[2:6]
        thing = seen.setdefault(who, Seen(name=str(who), label=names.get(kind, "")))
        thing.boxes[frame] = box_in_pixels((left, top, left + width, top + height), size, place)
    scene, notes = scene_of(list(seen.values()), frames=frames, size=size, fps=fps, dense=True)
    if ignored:
        notes = (f"{ignored} box(es) of confidence 0 are left out.", *notes)
    return Read(scene=scene, notes=notes, dense=True)


def _table(path: Path) -> Path:
    """The file with the boxes, in a folder or itself."""
    if not path.is_dir():
        return path
    for name in ("gt/gt.txt", "gt.txt", "det/det.txt", "det.txt"):
        if (path / name).is_file():
            return path / name
    raise Problem(
        given=f"{path} has no gt/gt.txt", wanted="The folder of one sequence", fix="Name the file itself"
    )


def _about(table: Path) -> dict[str, str]:
    """What seqinfo.ini beside the boxes says, if there is one."""
    for folder in (table.parent, table.parent.parent):
        if (folder / "seqinfo.ini").is_file():
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            try:
                parser.read_string(text_of(folder / "seqinfo.ini"))
            except configparser.Error as error:
                raise Problem(
                    given=f"seqinfo.ini cannot be read: {str(error).splitlines()[0]}",
                    wanted="Lines like imWidth=1920 under [Sequence]",
                    fix="Correct it, or remove it and add --size",
                ) from error
            section = parser["Sequence"] if parser.has_section("Sequence") else {}
            return dict(section.items())
    return {}


def _names(table: Path) -> dict[int, str]:
    """Class names by number, if labels.txt is there."""
    labels = table.parent / "labels.txt"
    lines = text_of(labels).splitlines() if labels.is_file() else []
    return {index + 1: name.strip() for index, name in enumerate(lines)}


def _values(row: list[str], place: str) -> list[float]:
    if len(row) < SHORTEST_LINE:
        raise Problem(
            given=f"{place} has {len(row)} value(s)",
            wanted="frame, id, left, top, width, height, then confidence, class, visibility",
            fix="Correct the file, or name its format with --from",
        )
    return [number(value, f"{place}, value {index + 1}") for index, value in enumerate(row) if value.strip()]


def write(target: Target) -> Written:
    """The folder of a sequence: gt/gt.txt, gt/labels.txt, seqinfo.ini."""
    scene = target.scene
    names = list(dict.fromkeys(_one_line(track.label) for track in scene.tracks))
    drawn, present = drawn_boxes(scene)
    boxes = in_pixels(drawn, target.size)
    lines: list[str] = []
    for frame in range(scene.frames):
        for index, track in enumerate(scene.tracks):
            if present[frame, index]:
                x0, y0, x1, y1 = (number_of(value) for value in boxes[frame, index])
                edges = f"{x0!r},{y0!r},{number_of(x1 - x0)!r},{number_of(y1 - y0)!r}"
                kind = names.index(_one_line(track.label)) + 1
                lines.append(f"{frame + 1},{track.id},{edges},1,{kind},1.0\n")
    return Written(
        files={
            "gt/gt.txt": "".join(lines).encode(),
            "gt/labels.txt": "".join(f"{name}\n" for name in names).encode(),
            "seqinfo.ini": _seqinfo(target).encode(),
        }
    )


def _one_line(label: str) -> str:
    return " ".join(label.split()) or NO_NAME


def _seqinfo(target: Target) -> str:
    return (
        f"[Sequence]\nname={_one_line(target.name)}\nimDir=img1\nframeRate={target.scene.fps}\n"
        f"seqLength={target.scene.frames}\nimWidth={target.size[0]}\nimHeight={target.size[1]}\nimExt=.jpg\n"
    )
