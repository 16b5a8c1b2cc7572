"""Clips of parts -> shards of equal number, and the index of all: bytes are copied, nothing is made anew.

OUT/shard-000000.tar    {clip}.mp4, {clip}.json; clip after clip
OUT/index.parquet       one row a clip
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from boximator.annotate.ledger import VideoLedger
from boximator.data.dataset.index import Row, write_index
from boximator.data.dataset.shard_files import END
from boximator.scene.atomic import appearing


@dataclass(frozen=True)
class Shelf:
    """Where shards go. ``slice`` is "" or, for one of several jobs, a name such as "1-of-4"."""

    folder: Path
    per_shard: int = 500
    slice: str = ""

    def shard(self, number: int) -> str:
        """The name of a shard."""
        return f"shard-{self.slice}{'-' if self.slice else ''}{number:06d}.tar"

    @property
    def parts(self) -> Path:
        """Where this job's clips lie until they are packed; empty when it has ended."""
        return self.folder / f"parts{'-' if self.slice else ''}{self.slice}"

    @property
    def ledger(self) -> Path:
        """What became of this job's videos."""
        return self.folder / f"ledger{'-' if self.slice else ''}{self.slice}.sqlite"

    @property
    def report(self) -> Path:
        """The same, to be read by people and programs."""
        return self.folder / f"report{'-' if self.slice else ''}{self.slice}.json"

    @property
    def index(self) -> Path:
        """Of this job's clips."""
        return self.folder / f"index{'-' if self.slice else ''}{self.slice}.parquet"


def tidy(shelf: Shelf, *, ledger: VideoLedger) -> None:
    """Remove what a killed run left: parts that nobody knows, files that were not finished."""
    known = ledger.parts()
    for path in shelf.parts.iterdir():
        if path.name not in known:
            path.unlink()
    ours = re.compile(rf"\.(shard-{shelf.slice}-?\d{{6}}|{shelf.index.stem}|{shelf.report.stem})-\w+\.\w+")
    for path in shelf.folder.glob(".*"):
        if ours.fullmatch(path.name):
            path.unlink()


def pack(shelf: Shelf, *, ledger: VideoLedger, all_of_them: bool) -> None:
    """Fill shards from the clips that are in none; the last, smaller one only if ``all_of_them``."""
    while (count := ledger.count_ready()) >= (1 if all_of_them else shelf.per_shard):
        chosen = ledger.ready(most=min(count, shelf.per_shard))
        name = shelf.shard(ledger.shards())
        rows, size, mark = _fill(shelf.folder / name, chosen=chosen, parts=shelf.parts)
        with ledger.together():
            ledger.packed(name, rows=rows, size=size, sha256=mark)
        still = ledger.parts()
        for part in {part for part, _ in chosen} - still:
            (shelf.parts / part).unlink(missing_ok=True)


def _fill(path: Path, *, chosen: Iterable[tuple[str, Row]], parts: Path) -> tuple[list[Row], int, str]:
    """Copy clips, one after another, into a new tar."""
    rows: list[Row] = []
    mark, at = hashlib.sha256(), 0
    with appearing(path) as partial, partial.open("wb") as shard:
        held: tuple[str, BinaryIO] | None = None
        for part, row in chosen:
            if held is None or held[0] != part:
                if held is not None:
                    held[1].close()
                held = part, (parts / part).open("rb")
            held[1].seek(row.offset)
            data = held[1].read(row.length)
            rows.append(replace(row, offset=at))
            shard.write(data)
            mark.update(data)
            at += len(data)
        if held is not None:
            held[1].close()
        shard.write(END)
        mark.update(END)
    return rows, at + len(END), mark.hexdigest()


def write_rows(shelf: Shelf, *, ledger: VideoLedger) -> int:
    """Write the index anew; gives the number of clips."""
    return write_index(ledger.rows(), shelf.index)
