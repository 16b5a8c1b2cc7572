"""Who allowed what: every clip has a source and a licence, or the name of who waived that; and who opted out."""

from __future__ import annotations

import csv
import fnmatch
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from boximator.data.dataset.index import Row
from boximator.scene.problem import Problem

OPT_OUT = "opt-out.txt"
"""Beside the index: what a reader leaves out, though it is in the shards."""

COLUMNS = ("video", "source", "licence")

_ANY = frozenset("*?[")


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


class Patterns:
    """Patterns of file names, in their order. Those without a sign for any letters are found at once: a table with a
    row for each of a million videos would else be gone through a million times.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._exact: dict[str, int] = {}
        self._loose: list[tuple[int, str]] = []
        for number, line in enumerate(lines):
            if _ANY.isdisjoint(line):
                self._exact.setdefault(line, number)
            else:
                self._loose.append((number, line))

    def first(self, *names: str) -> int | None:
        """The number of the first pattern that one of the names fits."""
        found = [self._exact[name] for name in names if name in self._exact]
        found += islice(
            (at for at, line in self._loose if any(fnmatch.fnmatchcase(name, line) for name in names)), 1
        )
        return min(found, default=None)


@dataclass(frozen=True)
class Ledger:
    """Rows of a licence table: a pattern of file names each, the first that fits counts; else ``default``."""

    rows: tuple[tuple[str, Permission], ...] = ()
    default: Permission = Permission()

    def of(self, video: Path) -> Permission:
        """What is said of a video, by its whole path or its name."""
        first = self._patterns.first(video.as_posix(), video.name)
        return self.default if first is None else self.rows[first][1]

    @cached_property
    def _patterns(self) -> Patterns:
        return Patterns([pattern for pattern, _ in self.rows])


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
        return self._patterns.first(*filter(None, candidates)) is not None

    @cached_property
    def _patterns(self) -> Patterns:
        return Patterns(self.lines)


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
