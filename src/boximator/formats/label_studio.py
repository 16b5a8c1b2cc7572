"""Label Studio video JSON (`videorectangle`): tracks with keyframes.

Source: the page "VideoRectangle" of Label Studio's documentation. Frames are counted from 1, boxes are `x y width
height` in percent of the frame, and `enabled: false` means that nothing is shown from this keyframe to the next.
Neither the picture's size nor a prompt is in it; Label Studio interpolates linearly.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from boximator.formats.features import NO_NAME
from boximator.formats.keys import told_frames
from boximator.formats.source import (
    Read,
    Source,
    fields,
    frame_count,
    frame_number,
    items,
    json_of,
    number,
)
from boximator.formats.target import ITSELF, Target, Written
from boximator.formats.tracks import Seen, box_in_pixels, number_of, scene_of
from boximator.scene.box import Box
from boximator.scene.plan import drawn_boxes
from boximator.scene.problem import Problem

PERCENT = (100, 100)
UNKNOWN_SIZE = (1280, 720)
"""Of a scene whose picture's size nobody told; boxes are fractions and do not mind."""


def read(source: Source) -> Read:
    """The scene in a Label Studio export: of several tasks, the first that has boxes.

    Raises:
        Problem: no JSON, no `videorectangle` in it, or a box that is none.
    """
    found = list(_regions(json_of(source.path)))
    if not found:
        raise Problem(
            given=f"{source.path.name} has no videorectangle in it",
            wanted="A Label Studio export (JSON) of a video task",
            fix="Export it again as JSON, or name its format with --from",
        )
    task = found[0][0]
    notes: list[str] = []
    if any(number_ != task for number_, _ in found):
        notes.append(f"The file has several tasks: task {task + 1} is read.")
    regions = [region for number_, region in found if number_ == task]
    values = [fields(region.get("value"), "value") for region in regions]
    counts = [
        frame_count(v["framesCount"], "framesCount") for v in values if v.get("framesCount") is not None
    ]
    frames = max(counts) if counts else None
    seen = [_seen(region, value, frames, notes) for region, value in zip(regions, values, strict=True)]
    size = source.size or UNKNOWN_SIZE
    if source.size is None:
        notes.append(
            f"Label Studio does not tell the picture's size: {size[0]} x {size[1]} is put down for it. "
            "Boxes are fractions and stay right; add --size or --picture for the true one."
        )
    fps = source.fps or _fps(values)
    scene, more = scene_of(seen, frames=frames, size=size, fps=fps, dense=False)
    return Read(scene=scene, notes=(*notes, *more))


def _regions(value: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every video rectangle, with the number of its task. Exports, tasks and bare results are all taken."""
    for index, task in enumerate(value if isinstance(value, list) else [value]):
        if not isinstance(task, dict):
            continue
        results: list[object] = [task, *_list(task.get("result"))]
        for kind in ("annotations", "predictions"):
            given = [one for one in _list(task.get(kind)) if isinstance(one, dict)]
            results += [region for one in given for region in _list(one.get("result"))]
            if given:
                break
        bare = "type" in task
        for region in results:
            if isinstance(region, dict) and region.get("type") == "videorectangle":
                yield (0 if bare else index), region


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _seen(region: dict[str, Any], value: dict[str, Any], frames: int | None, notes: list[str]) -> Seen:
    name = str(region.get("id", "region"))[:40]
    boxes: dict[int, Box] = {}
    last = (-1, True)
    hidden: list[int] = []
    for entry in items(value.get("sequence"), f"{name} sequence"):
        key = fields(entry, f"{name} keyframe")
        frame = frame_number(key.get("frame"), f"{name} frame", first=1)
        boxes[frame] = _box(key, f"{name}, frame {frame + 1}")
        enabled = key.get("enabled", True) is not False
        last = max(last, (frame, enabled))
        hidden += [] if enabled else [frame]
        if number(key.get("rotation", 0), f"{name} rotation"):
            notes.append(f"The rotation of {name} on frame {frame + 1} is left out.")
    if any(frame != last[0] for frame in hidden):
        notes.append(f"{name} is hidden for a while, and comes back: it is interpolated there, softly.")
    if boxes and last[1] and frames is not None and last[0] < frames - 1:
        boxes[frames - 1] = boxes[last[0]]  # shown to the end, since nothing hides it
    labels = [label for label in _list(value.get("labels")) if isinstance(label, str)]
    return Seen(name=name.removeprefix("track-"), label=labels[0] if labels else "", boxes=boxes)


def _box(key: dict[str, Any], place: str) -> Box:
    x, y, width, height = (
        number(key.get(name), f"{place}, {name}") for name in ("x", "y", "width", "height")
    )
    return box_in_pixels((x, y, x + width, y + height), PERCENT, place)


def _fps(values: list[dict[str, Any]]) -> int | None:
    for value in values:
        if value.get("framesCount") is not None and value.get("duration") is not None:
            duration = number(value["duration"], "duration")
            if duration > 0:
                return round(min(frame_count(value["framesCount"], "framesCount") / duration, 120))
    return None


def write(target: Target) -> Written:
    """One task with one annotation, as Label Studio imports it."""
    boxes = 100.0 * drawn_boxes(target.scene)[0]
    fps, frames = target.scene.fps, target.scene.frames
    results: list[dict[str, Any]] = []
    for index, track in enumerate(target.scene.tracks):
        told = [frame for frame, _ in told_frames(track, frames)]
        sequence = [
            _key(frame, boxes[frame, index].tolist(), fps, enabled=frame != told[-1] or frame == frames - 1)
            for frame in told
        ]
        results.append(
            {
                "id": f"track-{track.id}",
                "type": "videorectangle",
                "from_name": "box",
                "to_name": "video",
                "origin": "manual",
                "value": {
                    "framesCount": frames,
                    "duration": frames / fps,
                    "sequence": sequence,
                    "labels": [track.label or NO_NAME],
                },
            }
        )
    task = {"data": {"video": f"{target.name}.mp4"}, "annotations": [{"result": results}]}
    return Written(files={ITSELF: (json.dumps([task], indent=2, ensure_ascii=False) + "\n").encode()})


def _key(frame: int, box: list[float], fps: int, *, enabled: bool) -> dict[str, Any]:
    x0, y0, x1, y1 = (number_of(value) for value in box)
    return {
        "frame": frame + 1,
        "time": (frame + 1) / fps,
        "x": x0,
        "y": y0,
        "width": number_of(x1 - x0),
        "height": number_of(y1 - y0),
        "rotation": 0,
        "enabled": enabled,
    }
