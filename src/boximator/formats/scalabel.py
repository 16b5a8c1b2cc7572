"""Scalabel (BDD100K's format): JSON with a list of frames, each with its labels.

Source: Scalabel's documentation, page "Format". `box2d` is `x1 y1 x2 y2` in pixels, **both ends included**, so that
a box of width 10 that starts at 5 ends at 14. `manualShape` is true where a person set the box.
"""

from __future__ import annotations

import json
from typing import Any

from boximator.formats.features import NO_NAME
from boximator.formats.source import (
    Read,
    Size,
    Source,
    fields,
    frame_number,
    items,
    json_of,
    needed_size,
    number,
    size_of,
)
from boximator.formats.target import ITSELF, Target, Written
from boximator.formats.tracks import Seen, box_in_pixels, in_pixels, number_of, scene_of
from boximator.scene.box import Box
from boximator.scene.plan import drawn_boxes
from boximator.scene.problem import Problem

Record = dict[str, Any]
LAST_PIXEL = 1.0
"""The last pixel belongs to the box in this format, and is the first one beyond it in ours."""


def read(source: Source) -> Read:
    """The scene of the first video in the file.

    Raises:
        Problem: no JSON, another kind of JSON, or a box that is none.
    """
    data = json_of(source.path)
    whole = fields(data, source.path.name) if isinstance(data, dict) else {"frames": data}
    frames = [fields(frame, "a frame") for frame in items(whole.get("frames"), "frames")]
    if not frames:
        raise Problem(
            given=f"{source.path.name} has no frames", wanted="Frames with labels", fix="Export it again"
        )
    videos = list(dict.fromkeys(str(frame.get("videoName", "")) for frame in frames))
    notes = [] if len(videos) == 1 else [f"The file has {len(videos)} videos: {videos[0]!r} is read."]
    chosen = [frame for frame in frames if str(frame.get("videoName", "")) == videos[0]]
    size = _size(whole, chosen, source)
    seen: dict[str, Seen] = {}
    left_out: set[str] = set()
    last = 0
    for index, frame in enumerate(chosen):
        at = frame_number(frame.get("frameIndex", index), "frameIndex")
        last = max(last, at)
        for entry in items(frame.get("labels") or [], "labels"):
            label = fields(entry, "a label")
            if label.get("box2d") is None:
                left_out |= {key for key in ("poly2d", "box3d", "rle", "graph") if label.get(key)}
                continue
            name = str(label.get("id", ""))
            thing = seen.setdefault(name, Seen(name=name, label=str(label.get("category") or "")))
            thing.boxes[at] = _box(label["box2d"], size, f"frame {at}, label {name[:20]}")
    if left_out:
        notes.append(f"Shapes other than boxes ({', '.join(sorted(left_out))}) are left out.")
    things = list(seen.values())
    scene, more = scene_of(things, frames=last + 1, size=size, fps=source.fps, dense=True)
    return Read(scene=scene, notes=(*notes, *more), dense=True)


def _size(whole: Record, frames: list[Record], source: Source) -> Size:
    config = whole.get("config")
    for found in (frames[0].get("size"), config.get("imageSize") if isinstance(config, dict) else None):
        if isinstance(found, dict):
            return size_of(found.get("width"), found.get("height"), "frame")
    return needed_size(source, "Scalabel")


def _box(value: object, size: Size, place: str) -> Box:
    edges = fields(value, f"{place} box2d")
    x0, y0, x1, y1 = (number(edges.get(name), f"{place}, {name}") for name in ("x1", "y1", "x2", "y2"))
    return box_in_pixels((x0, y0, x1 + LAST_PIXEL, y1 + LAST_PIXEL), size, place)


def write(target: Target) -> Written:
    """The scene as a file with `frames` and `config`."""
    scene, (width, height) = target.scene, target.size
    drawn, present = drawn_boxes(scene)
    boxes = in_pixels(drawn, target.size)
    frames: list[Record] = []
    for frame in range(scene.frames):
        labels: list[Record] = []
        for index, track in enumerate(scene.tracks):
            if present[frame, index]:
                manual = any(key.frame == frame for key in track.keyframes)
                labels.append(
                    {
                        "id": str(track.id),
                        "category": track.label or NO_NAME,
                        "manualShape": manual,
                        "box2d": _edges(boxes[frame, index].tolist()),
                    }
                )
        frames.append(
            {
                "name": f"{target.name}-{frame:07d}.jpg",
                "videoName": target.name,
                "frameIndex": frame,
                "timestamp": round(1000 * frame / scene.fps),
                "size": {"width": width, "height": height},
                "labels": labels,
            }
        )
    names = dict.fromkeys(track.label or NO_NAME for track in scene.tracks)
    config = {
        "imageSize": {"width": width, "height": height},
        "attributes": [],
        "categories": [{"name": name} for name in names],
    }
    text = json.dumps({"frames": frames, "config": config}, indent=1, ensure_ascii=False) + "\n"
    return Written(files={ITSELF: text.encode()})


def _edges(box: list[float]) -> Record:
    x0, y0, x1, y1 = (number_of(value) for value in box)
    return {"x1": x0, "y1": y0, "x2": number_of(x1 - LAST_PIXEL), "y2": number_of(y1 - LAST_PIXEL)}
