"""Who allowed what: every clip has a source and a licence, or the name of who waived that; and who opted out."""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from boximator.data.dataset.index import Row
from boximator.scene.problem import Problem

OPT_OUT = "opt-out.txt"
"""Beside the index: what a reader leaves out, though it is in the shards."""

COLUMNS = ("video", "source", "licence")


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What is said of a video. ``exempt`` names who decided that source and licence are not needed."""

    source: str = ""
    licence: str = ""
    attribution: str = ""
    exempt: str = ""

    @property
    def enough(self) -> bool:
        """Whether its clips may be used."""
        return bool(self.exempt.strip()) or bool(self.source.strip() and self.licence.strip())


@dataclass(frozen=True)
class Ledger:
    """Rows of a licence table: a pattern of file names each, the first that fits counts; else ``default``."""

    rows: tuple[tuple[str, Permission], ...] = ()
    default: Permission = Permission()

    def of(self, video: Path) -> Permission:
        """What is said of a video, by its whole path or its name."""
        for pattern, permission in self.rows:
            if any(fnmatch.fnmatchcase(name, pattern) for name in (video.as_posix(), video.name)):
                return permission
        return self.default


def read_ledger(path: Path | None, *, default: Permission) -> Ledger:
    """A CSV with the columns video (a name, or a pattern such as holiday/*.mp4), source, licence, attribution.

    Raises:
        Problem: it cannot be read, or a column or value is missing.
    """
    if path is None:
        return Ledger(default=default)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            found = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(
            given=f"{path} cannot be read ({error})", wanted="A CSV of licences", fix="Correct the name"
        ) from error
    if found and not set(COLUMNS) <= set(found[0]):
        raise Problem(
            given=f"{path} has the columns {', '.join(str(name) for name in found[0])}",
            wanted=f"The columns {', '.join(COLUMNS)} and, if wanted, attribution",
            fix="Write a first line with these names",
        )
    return Ledger(rows=tuple((row["video"], _permission(row)) for row in found), default=default)


def _permission(row: dict[str, str]) -> Permission:
    return Permission(
        source=row["source"] or "",
        licence=row["licence"] or "",
        attribution=row.get("attribution") or "",
    )


@dataclass(frozen=True)
class OptOut:
    """Who does not want to be in: patterns of file names or sources, and checksums of videos or clips."""

    lines: tuple[str, ...] = ()

    def names(self, *candidates: str) -> bool:
        """Whether one of these is on the list."""
        return any(fnmatch.fnmatchcase(name, line) for line in self.lines for name in candidates if name)


def read_opt_out(text: str) -> OptOut:
    """One entry a line; what follows a # is a remark."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return OptOut(tuple(line for line in lines if line))


def refused(rows: Iterable[Row], *, opt_out: OptOut) -> Iterator[tuple[Row, str]]:
    """The rows that must not be used, each with the reason."""
    for row in rows:
        allowed = Permission(source=row.source, licence=row.licence, exempt=row.exempt)
        if not allowed.enough:
            yield row, "no source and licence"
        elif opt_out.names(row.source, row.video, row.sha256, row.clip):
            yield row, "opted out"


def ledger_mark(rows: Iterable[Row]) -> str:
    """A checksum of what was allowed for which clip, whatever the order and the shards: for checkpoints and cards."""
    told = sorted(
        hashlib.sha256(
            json.dumps([row.clip, row.sha256, row.source, row.licence, row.attribution, row.exempt]).encode()
        ).digest()
        for row in rows
    )
    return hashlib.sha256(b"".join(told)).hexdigest()
