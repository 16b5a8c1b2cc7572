"""Is a dataset whole? Every fault is named; nothing is repaired."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import fsspec
import numpy as np

from boximator.data.dataset.clips import opt_out_of
from boximator.data.dataset.index import Row, each_row, read_index
from boximator.data.dataset.licences import refused
from boximator.data.dataset.record import from_json
from boximator.data.dataset.shard_files import FILM, TOLD, files_in
from boximator.scene.colours import SLOTS


@dataclass(frozen=True)
class Flaw:
    """Something that is wrong with a clip. ``counts`` is False for what a reader leaves out by itself."""

    clip: str
    what: str
    counts: bool = True


def flaws(url: str, *, progress: Callable[[int, int], None]) -> Iterator[Flaw]:
    """All that is wrong with a dataset: licences, doubles, checksums, boxes that are none.

    Raises:
        Problem: it has no index.
    """
    table = read_index(url)
    seen: set[str] = set()
    files, root = fsspec.core.url_to_fs(url)
    for row, why in refused(each_row(table), opt_out=opt_out_of(url)):
        yield Flaw(row.clip, why, counts=why != "opted out")
    for done, row in enumerate(each_row(table)):
        progress(done, len(table))
        if row.clip in seen:
            yield Flaw(row.clip, "is there twice; the first counts", counts=False)
        seen.add(row.clip)
        try:
            place = f"{str(root).rstrip('/')}/{row.shard}"
            found = files_in(files.cat_file(place, start=row.offset, end=row.offset + row.length))
        except (OSError, ValueError) as error:
            yield Flaw(row.clip, f"cannot be read from {row.shard} ({error})")
            continue
        yield from (Flaw(row.clip, what) for what in _wrong(row, files=found))
    progress(len(table), len(table))


def _wrong(row: Row, *, files: dict[str, bytes]) -> Iterator[str]:
    if FILM not in files or TOLD not in files:
        yield f"its files are {', '.join(files) or 'none'}, not {FILM} and {TOLD}"
        return
    if hashlib.sha256(files[FILM]).hexdigest() != row.sha256:
        yield "its film is not the one of the index (checksum)"
    try:
        record = from_json(files[TOLD])
    except ValueError as error:
        yield f"its JSON is no record ({str(error).splitlines()[0]})"
        return
    if (record.clip, record.frames, record.height, record.width) != (
        row.clip,
        row.frames,
        row.height,
        row.width,
    ):
        yield "its JSON and the index differ"
    ids = [track.id for track in record.tracks]
    if len(set(ids)) != len(ids) or not all(1 <= number <= SLOTS for number in ids):
        yield f"its things have the numbers {ids}"
    for track in record.tracks:
        boxes = np.asarray(track.boxes, np.float64).reshape(-1, 4)
        if len(boxes) != record.frames:
            yield f"thing {track.id} has {len(boxes)} boxes for {record.frames} frames"
        elif not (np.isfinite(boxes).all() and (boxes >= 0).all() and (boxes <= 1).all()):
            yield f"thing {track.id} has a box outside the picture"
        elif (boxes[:, 2:] < boxes[:, :2]).any():
            yield f"thing {track.id} has a reversed box"
