"""CVAT for video 1.1 (`annotations.xml`): tracks with keyframes.

Source: the page "XML annotation format" of CVAT's documentation. Frames are counted from 0, edges are pixels.
`outside="1"` ends a run of boxes; a box with `keyframe="0"` only repeats what CVAT interpolates.

Soft boxes travel as the attribute `hard` (a checkbox, mutable) of each label. CVAT interpolates linearly, so
eased gaps and paths are written as a keyframe on each of their frames.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from boximator.formats.features import NO_NAME
from boximator.formats.keys import last_frame, told_frames
from boximator.formats.source import (
    Read,
    Size,
    Source,
    frame_count,
    frame_number,
    needed_size,
    number,
    size_of,
    text_of,
)
from boximator.formats.target import ITSELF, Target, Written
from boximator.formats.tracks import Seen, box_in_pixels, in_pixels, number_of, scene_of
from boximator.scene.box import Box
from boximator.scene.plan import drawn_boxes
from boximator.scene.problem import Problem

EDGES = ("xtl", "ytl", "xbr", "ybr")


def read(source: Source) -> Read:
    """The scene in a CVAT file.

    Raises:
        Problem: no XML, no CVAT file, or a box that is none.
    """
    root = _root(source)
    meta = root.find("meta")
    size = _size(root, source)
    length = None if meta is None else meta.findtext("task/size") or meta.findtext("job/size")
    frames = None if length is None else frame_count(length, "meta/size")
    notes: list[str] = []
    seen = [_seen(track, index, size, frames, notes) for index, track in enumerate(root.iter("track"))]
    if root.find("image") is not None:
        notes.append("Boxes of single images, which belong to no track, are left out.")
    scene, more = scene_of(seen, frames=frames, size=size, fps=source.fps, dense=False)
    return Read(scene=scene, notes=(*notes, *more))


def _root(source: Source) -> ET.Element:
    text = text_of(source.path)
    wanted, fix = "A file that CVAT exports as CVAT for video 1.1", "Export it again in that format"
    if "<!DOCTYPE" in text:  # entities could make megabytes of a line; CVAT writes none
        raise Problem(given=f"{source.path.name} has a DOCTYPE", wanted=wanted, fix=fix)
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError) as error:
        raise Problem(given=f"{source.path.name} is not XML: {error}", wanted=wanted, fix=fix) from error
    if root.tag != "annotations":
        raise Problem(given=f"{source.path.name} holds <{root.tag[:40]}>", wanted=wanted, fix=fix)
    return root


def _size(root: ET.Element, source: Source) -> Size:
    found = next(root.iter("original_size"), None)
    if found is None:
        return needed_size(source, "CVAT")
    return size_of(found.findtext("width"), found.findtext("height"), "original_size")


def _seen(track: ET.Element, index: int, size: Size, frames: int | None, notes: list[str]) -> Seen:
    place = f"track {track.get('id', str(index))}"
    boxes: dict[int, Box] = {}
    soft: set[int] = set()
    ended: set[int] = set()
    others = {part.tag for part in track if part.tag != "box"}
    if others:
        notes.append(f"{place}: {', '.join(sorted(others))[:60]} left out; only boxes are read.")
    for element in track.findall("box"):
        frame = frame_number(element.get("frame"), f"{place} frame")
        if element.get("outside") == "1":
            ended.add(frame)
        elif element.get("keyframe", "1") == "1":
            boxes[frame] = _box(element, size, f"{place}, frame {frame}")
            if _is_soft(element):
                soft.add(frame)
            if number(element.get("rotation", "0"), f"{place} rotation"):
                notes.append(f"{place}: the rotation on frame {frame} is left out.")
    _hold(boxes, soft, ended, frames, place, notes)
    label = track.get("label", "")
    return Seen(name=track.get("id", str(index)), label=label, boxes=boxes, soft=frozenset(soft))


def _hold(
    boxes: dict[int, Box], soft: set[int], ended: set[int], frames: int | None, place: str, notes: list[str]
) -> None:
    """In CVAT a box stays until something ends it, so where it ends is a keyframe too."""
    if not boxes:
        return
    starts = sorted(boxes)
    for end in sorted(ended):
        before = [frame for frame in starts if frame < end]
        if before and end < starts[-1]:
            notes.append(
                f"{place} is outside from frame {end} on, and comes back: interpolated there, softly."
            )
        if before and end - 1 not in boxes and not any(before[-1] < other < end for other in ended):
            _repeat(boxes, soft, before[-1], end - 1)
    if frames is not None and not any(end > starts[-1] for end in ended) and starts[-1] < frames - 1:
        _repeat(boxes, soft, starts[-1], frames - 1)


def _repeat(boxes: dict[int, Box], soft: set[int], frame: int, later: int) -> None:
    boxes[later] = boxes[frame]
    if frame in soft:
        soft.add(later)


def _box(element: ET.Element, size: Size, place: str) -> Box:
    x0, y0, x1, y1 = (number(element.get(edge), f"{place}, {edge}") for edge in EDGES)
    return box_in_pixels((x0, y0, x1, y1), size, place)


def _is_soft(element: ET.Element) -> bool:
    return any(
        part.get("name") == "hard" and (part.text or "").strip().lower() == "false"
        for part in element.findall("attribute")
    )


def write(target: Target) -> Written:
    """`annotations.xml` of the scene."""
    root = ET.Element("annotations")
    _add(root, "version", "1.1")
    _add_task(root, target)
    boxes = in_pixels(drawn_boxes(target.scene)[0], target.size)
    for index, track in enumerate(target.scene.tracks):
        label = _shown(track.label) or NO_NAME
        element = ET.SubElement(root, "track", id=str(track.id), label=label, source="manual")
        for frame, hard in told_frames(track, target.scene.frames):
            _add_box(element, frame, boxes[frame, index].tolist(), hard=hard)
        last = last_frame(track, target.scene.frames)
        if last < target.scene.frames - 1:
            _add_box(element, last + 1, boxes[last, index].tolist(), hard=True, outside=True)
    ET.indent(root)
    text = '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
    return Written(files={ITSELF: text.encode()})


def _add_task(root: ET.Element, target: Target) -> None:
    task = ET.SubElement(ET.SubElement(root, "meta"), "task")
    _add(task, "name", target.name)
    _add(task, "size", str(target.scene.frames))
    _add(task, "mode", "interpolation")
    _add(task, "overlap", "0")
    _add(task, "flipped", "False")
    labels = ET.SubElement(task, "labels")
    for name in dict.fromkeys(_shown(track.label) or NO_NAME for track in target.scene.tracks):
        label = ET.SubElement(labels, "label")
        _add(label, "name", name)
        attribute = ET.SubElement(ET.SubElement(label, "attributes"), "attribute")
        for tag, text in (
            ("name", "hard"),
            ("mutable", "True"),
            ("input_type", "checkbox"),
            ("default_value", "true"),
            ("values", "true"),
        ):
            _add(attribute, tag, text)
    size = ET.SubElement(task, "original_size")
    _add(size, "width", str(target.size[0]))
    _add(size, "height", str(target.size[1]))


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _shown(text)


def _shown(text: str) -> str:
    """Without control characters, which XML cannot hold."""
    return "".join(sign for sign in text if sign.isprintable())


def _add_box(track: ET.Element, frame: int, edges: list[float], *, hard: bool, outside: bool = False) -> None:
    places = {edge: repr(number_of(value)) for edge, value in zip(EDGES, edges, strict=True)}
    flags = {"outside": str(int(outside)), "occluded": "0", "keyframe": "1", "z_order": "0"}
    box = ET.SubElement(track, "box", {"frame": str(frame), **flags, **places})
    attribute = ET.SubElement(box, "attribute", name="hard")
    attribute.text = "true" if hard else "false"
