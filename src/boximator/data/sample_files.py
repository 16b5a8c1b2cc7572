"""A sample as a few small files, and back: the frames, a PNG of masks, a JSON of all the rest."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from pydantic import ConfigDict, TypeAdapter

from boximator.data.sample import Kind, Sample
from boximator.scene.colours import COLOURS
from boximator.video.reader import VideoReader
from boximator.video.writer import write_video
from boximator.world.clip import SLOTS, Split

Encoding = Literal["mp4", "png"]
VERSION = 1
MASKS, TOLD, FILM = "masks.png", "json", "mp4"


@dataclass(frozen=True)
class TrackRow:
    """One thing: frame by frame its box, whether it is in the frame, and (of flat things) its pixels' motion."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: int
    label: str
    moving: bool
    boxes: list[tuple[float, float, float, float]]
    inside: list[bool]
    motion: list[list[list[float]]] | None


@dataclass(frozen=True)
class Row:
    """What the JSON of a sample holds. Track i is in slot i - 1; ``masked`` counts the frames that have a mask."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: Literal[1]
    kind: Kind
    seed: int
    split: Split
    caption: str
    frames: int
    height: int
    width: int
    fps: int
    masked: int
    camera_moves: bool
    tracks: list[TrackRow]


def to_files(sample: Sample, *, fps: int, encoding: Encoding) -> dict[str, bytes]:
    """File endings -> contents. "mp4" is small, "png" (00.png, 01.png...) keeps every pixel as it was made."""
    files = _film(sample.frames, fps=fps) if encoding == "mp4" else _pictures(sample.frames)
    told = json.dumps(asdict(_row(sample, fps=fps)), ensure_ascii=False).encode()
    return {**files, MASKS: _mask_png(sample.masks), TOLD: told}


def from_files(files: Mapping[str, bytes]) -> Sample:
    """What `to_files` wrote; frames that went through a video are a little different.

    Raises:
        KeyError, ValueError, OSError: the files are not those of a sample.
    """
    row = TypeAdapter(Row).validate_json(files[TOLD])
    frames = _unfilmed(files[FILM]) if FILM in files else _pictured(files, count=row.frames)
    stacked = np.asarray(Image.open(io.BytesIO(files[MASKS])))
    if frames.shape != (row.frames, row.height, row.width, 3):
        raise ValueError(f"frames of shape {frames.shape}")
    return _sample(row, frames=frames, masks=stacked.reshape(row.masked, row.height, row.width))


def _row(sample: Sample, *, fps: int) -> Row:
    count, height, width = sample.frames.shape[:3]
    return Row(
        version=VERSION,
        kind=sample.kind,
        seed=sample.seed,
        split=sample.split,
        caption=sample.caption,
        frames=count,
        height=height,
        width=width,
        fps=fps,
        masked=len(sample.masks),
        camera_moves=sample.camera_moves,
        tracks=[_track(sample, slot=int(slot)) for slot in np.flatnonzero(sample.present)],
    )


def _track(sample: Sample, *, slot: int) -> TrackRow:
    boxes = [
        [float(str(edge)) for edge in box] for box in sample.boxes[:, slot]
    ]  # no more digits than float32 has
    return TrackRow(
        id=slot + 1,
        label=sample.labels[slot],
        moving=bool(sample.moving[slot]),
        boxes=[(x0, y0, x1, y1) for x0, y0, x1, y1 in boxes],
        inside=sample.inside[:, slot].tolist(),
        motion=None if sample.motion is None else sample.motion[:, slot].tolist(),
    )


def _sample(row: Row, *, frames: np.ndarray, masks: np.ndarray) -> Sample:
    boxes = np.zeros((row.frames, SLOTS, 4), np.float32)
    inside, present, moving = (np.zeros(shape, bool) for shape in ((row.frames, SLOTS), SLOTS, SLOTS))
    motion = np.zeros((row.frames, SLOTS, 2, 3))
    labels = [""] * SLOTS
    for track in row.tracks:
        slot = track.id - 1
        boxes[:, slot], inside[:, slot] = track.boxes, track.inside
        present[slot], moving[slot], labels[slot] = True, track.moving, track.label
        if track.motion is not None:
            motion[:, slot] = track.motion
    return Sample(
        kind=row.kind,
        seed=row.seed,
        split=row.split,
        caption=row.caption,
        labels=tuple(labels),
        frames=frames,
        boxes=boxes,
        present=present,
        inside=inside,
        moving=moving,
        masks=masks,
        motion=motion if row.kind == "sprites" else None,
        camera_moves=row.camera_moves,
    )


def _film(frames: UInt8[np.ndarray, "frames height width 3"], *, fps: int) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write_video(frames, path, fps=fps)
        return {FILM: path.read_bytes()}


def _unfilmed(data: bytes) -> UInt8[np.ndarray, "frames height width 3"]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        with VideoReader(path) as video:
            return video.read()


def _pictures(frames: UInt8[np.ndarray, "frames height width 3"]) -> dict[str, bytes]:
    return {f"{index:02d}.png": _png(Image.fromarray(frame)) for index, frame in enumerate(frames)}


def _pictured(files: Mapping[str, bytes], *, count: int) -> UInt8[np.ndarray, "frames height width 3"]:
    return np.stack(
        [
            np.asarray(Image.open(io.BytesIO(files[f"{index:02d}.png"])).convert("RGB"))
            for index in range(count)
        ]
    )


def _mask_png(masks: UInt8[np.ndarray, "masked height width"]) -> bytes:
    """All masks in one picture, one under the other; its palette shows each slot in its colour."""
    picture = Image.fromarray(masks.reshape(-1, masks.shape[-1]))
    picture.putpalette([0, 0, 0, *(round(255 * part) for colour in COLOURS for part in colour)])
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
