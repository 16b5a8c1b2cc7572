"""Stage "write": the clips of one video as a small tar beside the shards, from which they are packed."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from boximator.data.dataset.index import Row, row_of
from boximator.data.dataset.record import Record, to_json
from boximator.data.dataset.shard_files import FILM, TOLD, write_tar
from boximator.video.writer import write_video


@dataclass(frozen=True, eq=False)
class Made:
    """A clip that is to be written; its record lacks the film's checksum."""

    record: Record
    frames: UInt8[np.ndarray, "frames rows columns 3"]


def write_part(made: Iterable[Made], *, folder: Path) -> tuple[str, tuple[Row, ...]]:
    """Write clips as they come, one in memory at a time; gives the tar's name and a row for each.

    The name is new each time: what a killed process had begun is nobody's.
    """
    records: list[Record] = []
    name = f"{uuid.uuid4().hex}.tar"
    places = write_tar(_files(made, records=records), folder / name)
    if not places:
        (folder / name).unlink()
        return "", ()
    return name, tuple(
        row_of(record, shard="", offset=place.offset, length=place.length)
        for record, place in zip(records, places, strict=True)
    )


def _files(made: Iterable[Made], *, records: list[Record]) -> Iterator[tuple[str, dict[str, bytes]]]:
    for clip in made:
        film = _film(clip.frames, fps=clip.record.fps)
        records.append(replace(clip.record, sha256=hashlib.sha256(film).hexdigest()))
        yield clip.record.clip, {FILM: film, TOLD: to_json(records[-1])}


def _film(frames: UInt8[np.ndarray, "frames rows columns 3"], *, fps: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        write_video(frames, path, fps=fps)
        return path.read_bytes()
