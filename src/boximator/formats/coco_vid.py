"""COCO-VID (as MMTracking has it) and TAO: JSON with a box for each object and frame.

Sources: MMTracking's description of CocoVID, and TrackEval's `TAO-format.txt`. Both have `videos`, `images`,
`annotations` with `bbox` as `[left, top, width, height]` in pixels, and `categories`. COCO-VID numbers frames
`frame_id` and objects `instance_id`; TAO calls them `frame_index` and `track_id`, and lists `tracks` too. Frames are
counted from 0. Either is read, whatever it is called.
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
    whole,
)
from boximator.formats.target import ITSELF, Target, Written
from boximator.formats.tracks import Seen, box_in_pixels, in_pixels, number_of, scene_of
from boximator.scene.box import Box
from boximator.scene.plan import drawn_boxes
from boximator.scene.problem import Problem

Record = dict[str, Any]


def read(source: Source) -> Read:
    """The scene of the first video in the file that has boxes.

    Raises:
        Problem: no JSON, another kind of JSON, or a box that is none.
    """
    data = fields(json_of(source.path), source.path.name)
    images = {_id(image, "image"): image for image in _records(data, "images")}
    annotations = [one for one in _records(data, "annotations") if one.get("bbox") is not None]
    if not images or not annotations:
        raise Problem(
            given=f"{source.path.name} has {len(images)} images and {len(annotations)} boxes",
            wanted="images and annotations with a bbox and a track_id or instance_id",
            fix="Export it again, or name its format with --from",
        )
    owners = {_video_of(_image(images, one)) for one in annotations}
    video = min(owners, key=str)
    notes = [] if len(owners) == 1 else [f"Boxes of {len(owners)} videos are in the file: {video} is read."]
    chosen = [image for image in images.values() if _video_of(image) == video]
    record = next((one for one in _records(data, "videos") if one.get("id") == video), {})
    size = _size(record, chosen, source)
    names = {_id(kind, "category"): str(kind.get("name", "")) for kind in _records(data, "categories")}
    seen: dict[int, Seen] = {}
    for one in annotations:
        image = _image(images, one)
        if _video_of(image) == video:
            who = whole(one.get("track_id", one.get("instance_id")), "track_id (or instance_id)")
            kind = whole(one.get("category_id", -1), "category_id")
            thing = seen.setdefault(who, Seen(name=str(who), label=names.get(kind, "")))
            thing.boxes[_frame(image)] = _box(one, size)
    if any(one.get("segmentation") for one in annotations):
        notes.append("Masks (segmentation) are left out; only boxes are read.")
    frames = max(max(_frame(image) for image in chosen) + 1, 1)
    scene, more = scene_of(list(seen.values()), frames=frames, size=size, fps=source.fps, dense=True)
    return Read(scene=scene, notes=(*notes, *more), dense=True)


def _records(data: Record, name: str) -> list[Record]:
    return [fields(one, f"an entry of {name}") for one in items(data.get(name, []), name)]


def _id(record: Record, kind: str) -> int:
    return whole(record.get("id"), f"{kind} id")


def _image(images: dict[int, Record], annotation: Record) -> Record:
    number_ = whole(annotation.get("image_id"), "image_id")
    if number_ not in images:
        raise Problem(
            given=f"An annotation is for image {number_}",
            wanted="Every image_id is the id of one of the images",
            fix="Correct the file, or export it again",
        )
    return images[number_]


def _video_of(image: Record) -> int:
    return whole(image.get("video_id", 0), "video_id")


def _frame(image: Record) -> int:
    return frame_number(image.get("frame_index", image.get("frame_id")), "frame_index (or frame_id)")


def _size(video: Record, images: list[Record], source: Source) -> Size:
    for record in (video, images[0]):
        if record.get("width") is not None and record.get("height") is not None:
            return size_of(record["width"], record["height"], "video")
    return needed_size(source, "COCO-VID")


def _box(annotation: Record, size: Size) -> Box:
    place = f"annotation {shown(annotation.get('id'))}"
    values = [number(value, f"{place} bbox") for value in items(annotation["bbox"], f"{place} bbox")]
    if len(values) != 4:
        raise Problem(
            given=f"{place} has a bbox of {len(values)} numbers",
            wanted="bbox is [left, top, width, height]",
            fix="Correct the file, or export it again",
        )
    x, y, width, height = values
    return box_in_pixels((x, y, x + width, y + height), size, place)


def shown(value: object) -> str:
    return str(value)[:20]


def write_coco_vid(target: Target) -> Written:
    """COCO-VID: `frame_id`, `instance_id`."""
    data = _data(target, frame_name="frame_id", track_name="instance_id")
    return Written(files={ITSELF: _text(data)})


def write_tao(target: Target) -> Written:
    """TAO: `frame_index`, `track_id`, and the list of `tracks`."""
    data = _data(target, frame_name="frame_index", track_name="track_id")
    kinds = {kind["name"]: kind["id"] for kind in data["categories"]}
    data["tracks"] = [
        {"id": track.id, "category_id": kinds[track.label or NO_NAME], "video_id": 1}
        for track in target.scene.tracks
    ]
    return Written(files={ITSELF: _text(data)})


def _text(data: Record) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def _data(target: Target, *, frame_name: str, track_name: str) -> Record:
    scene, (width, height) = target.scene, target.size
    names = list(dict.fromkeys(track.label or NO_NAME for track in scene.tracks))
    drawn, present = drawn_boxes(scene)
    boxes = in_pixels(drawn, target.size)
    annotations: list[Record] = []
    for frame in range(scene.frames):
        for index, track in enumerate(scene.tracks):
            if present[frame, index]:
                x0, y0, x1, y1 = (number_of(value) for value in boxes[frame, index])
                sides = number_of(x1 - x0), number_of(y1 - y0)
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": frame + 1,
                        "video_id": 1,
                        track_name: track.id,
                        "category_id": names.index(track.label or NO_NAME) + 1,
                        "bbox": [x0, y0, *sides],
                        "area": number_of(sides[0] * sides[1]),
                        "iscrowd": 0,
                    }
                )
    images = [
        {
            "id": frame + 1,
            "video_id": 1,
            frame_name: frame,
            "file_name": f"{target.name}/{frame:06d}.jpg",
            "width": width,
            "height": height,
        }
        for frame in range(scene.frames)
    ]
    return {
        "videos": [{"id": 1, "name": target.name, "width": width, "height": height}],
        "images": images,
        "annotations": annotations,
        "categories": [{"id": index + 1, "name": name} for index, name in enumerate(names)],
    }
