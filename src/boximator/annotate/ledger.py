"""The ledger of a dataset: what became of every video and clip, in one SQLite file. Only the driver writes it.

A video is `waiting`, then `done`, `quarantined` (tried in vain so often), or `refused` (it may not be used, or is there
twice). A clip belongs to a part until it is packed into a shard. Every step is one transaction, so that a run which is
killed at any moment goes on with nothing lost and nothing twice.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from boximator.annotate.work import Done, Failed
from boximator.data.dataset.index import Row
from boximator.scene.problem import Problem

SCHEMA = """
create table if not exists setting (name text primary key, value text not null);
create table if not exists video (
    id integer primary key, path text not null unique, state text not null default 'waiting',
    tries integer not null default 0, reason text not null default '', notes text not null default '[]',
    dropped text not null default '{}', sha256 text unique, clips integer not null default 0);
create index if not exists video_state on video (state, id);
create table if not exists clip (
    id integer primary key, clip text not null unique, video integer not null references video, part text not null,
    shard text, told text not null);
drop index if exists clip_unpacked;
create index if not exists clip_order on clip (shard, video, id);
create table if not exists shard (name text primary key, clips integer not null, bytes integer not null,
    sha256 text not null);
"""

READY = """shard is null
    and video < coalesce((select min(id) from video where state = 'waiting'), 9223372036854775807)"""


@dataclass(frozen=True)
class Waiting:
    """A video that is to be annotated."""

    id: int
    path: str
    tries: int


@dataclass(frozen=True)
class Unused:
    """A file that is not in the dataset, and why."""

    path: str
    state: str
    tries: int
    reason: str


class VideoLedger:
    """See the module. Use it as a context: it is locked against a second run as long as it is open.

    Raises:
        Problem: another run has it open, it belongs to other settings, or it is no ledger.
    """

    def __init__(self, path: Path, *, settings: dict[str, Any]) -> None:
        self.path = path
        self._lock = _locked(path.with_suffix(".lock"))
        try:
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("pragma journal_mode = wal")
            self._base.execute("pragma synchronous = full")
            self._base.executescript(SCHEMA)
            self._settle(settings)
        except sqlite3.DatabaseError as error:
            self.close()
            raise Problem(
                given=f"{path} cannot be used as a ledger ({error})",
                wanted="A ledger that boximator annotate has written, on a disk with room",
                fix="Free some space; or move the file away and annotate into a new folder",
            ) from error
        except Problem:
            self.close()
            raise

    def close(self) -> None:
        """Give the ledger free."""
        if hasattr(self, "_base"):
            self._base.close()
        self._lock.close()

    def __enter__(self) -> VideoLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def together(self) -> Generator[None]:
        """All or nothing of what is written in the block."""
        try:
            self._base.execute("begin immediate")
            yield
            self._base.execute("commit")
        except sqlite3.OperationalError as error:
            raise Problem(
                given=f"The ledger {self.path} cannot be written ({error})",
                wanted="A disk with room",
                fix="Free some space and run the same command again: it goes on where it was",
            ) from error
        finally:
            if self._base.in_transaction:
                self._base.execute("rollback")

    def add(self, paths: Iterable[str]) -> None:
        """Note videos that are not known yet."""
        self._base.executemany("insert or ignore into video (path) values (?)", ((path,) for path in paths))

    def refuse(self, path: str, *, reason: str) -> None:
        """Note a file that may not or cannot be used. What is done stays done."""
        self._base.execute(
            "insert into video (path, state, reason) values (?, 'refused', ?) on conflict (path) do update set "
            "state = 'refused', reason = excluded.reason where state != 'done'",
            (path, reason),
        )

    def again(self) -> None:
        """Let quarantined and refused files be tried once more."""
        self._base.execute(
            "update video set state = 'waiting', tries = 0, reason = '' where state in ('quarantined', 'refused')"
        )

    def waiting(self, *, after: int, most: int = 256) -> list[Waiting]:
        """Some that wait, by number."""
        rows = self._base.execute(
            "select id, path, tries from video where state = 'waiting' and id > ? order by id limit ?",
            (after, most),
        )
        return [Waiting(*row) for row in rows]

    def count(self, state: str) -> int:
        """Videos of a state."""
        return int(self._one("select count(*) from video where state = ?", state))

    def clips(self) -> int:
        """Clips in all."""
        return int(self._one("select count(*) from clip"))

    def done(self, video: int, done: Done) -> bool:
        """Note a video's clips; False if the same bytes were there under another name: then it is refused."""
        twin = self._base.execute("select path from video where sha256 = ?", (done.sha256,)).fetchone()
        if twin is not None:
            self._base.execute(
                "update video set state = 'refused', reason = ? where id = ?",
                (f"It holds the same bytes as {twin[0]}.", video),
            )
            return False
        self._base.execute(
            "update video set state = 'done', reason = '', sha256 = ?, notes = ?, dropped = ?, clips = ? where id = ?",
            (done.sha256, json.dumps(done.notes), json.dumps(done.dropped), len(done.rows), video),
        )
        self._base.executemany(
            "insert into clip (clip, video, part, told) values (?, ?, ?, ?)",
            ((row.clip, video, done.part, json.dumps(asdict(row))) for row in done.rows),
        )
        return True

    def failed(self, video: int, failed: Failed, *, tries: int) -> bool:
        """Note a try; True if it was the last, and the video is quarantined now."""
        self._base.execute(
            "update video set tries = tries + 1, reason = ?, "
            "state = case when tries + 1 >= ? then 'quarantined' else 'waiting' end where id = ?",
            (failed.reason, tries, video),
        )
        return self._one("select state from video where id = ?", video) == "quarantined"

    def count_ready(self) -> int:
        """Clips that are in no shard, and whose turn it is: no video before theirs waits.

        So shards are the same however many workers there are, and whatever they died of.
        """
        return int(self._one(f"select count(*) from clip where {READY}"))

    def ready(self, *, most: int) -> list[tuple[str, Row]]:
        """The first of these: part and row."""
        rows = self._base.execute(
            f"select part, told from clip where {READY} order by video, id limit ?", (most,)
        )
        return [(part, Row(**json.loads(told))) for part, told in rows]

    def packed(self, name: str, *, rows: Iterable[Row], size: int, sha256: str) -> None:
        """Note a shard and where its clips are."""
        moved = [replace(row, shard=name) for row in rows]
        self._base.executemany(
            "update clip set shard = ?, told = ? where clip = ?",
            ((name, json.dumps(asdict(row)), row.clip) for row in moved),
        )
        self._base.execute("insert into shard values (?, ?, ?, ?)", (name, len(moved), size, sha256))

    def shards(self) -> int:
        """How many are finished."""
        return int(self._one("select count(*) from shard"))

    def parts(self) -> set[str]:
        """Parts that hold clips which are in no shard."""
        return {name for (name,) in self._base.execute("select distinct part from clip where shard is null")}

    def rows(self) -> Iterator[Row]:
        """All packed clips, in the order of the shards; a few in memory at a time."""
        for (told,) in self._base.execute(
            "select told from clip where shard is not null order by shard, video, id"
        ):
            yield Row(**json.loads(told))

    def unused(self) -> Iterator[Unused]:
        """Files that are not in the dataset."""
        found = self._base.execute(
            "select path, state, tries, reason from video where state in ('quarantined', 'refused') order by path"
        )
        return (Unused(*row) for row in found)

    def noted(self) -> Iterator[tuple[str, list[str], dict[str, int], int]]:
        """Videos that are done and were unusual or lost clips: path, notes, clips dropped by reason, clips kept."""
        found = self._base.execute(
            "select path, notes, dropped, clips from video where state = 'done' "
            "and (notes != '[]' or dropped != '{}') order by path"
        )
        return (
            (path, json.loads(notes), json.loads(dropped), clips) for path, notes, dropped, clips in found
        )

    def _one(self, question: str, *values: object) -> Any:
        return self._base.execute(question, values).fetchone()[0]

    def _settle(self, settings: dict[str, Any]) -> None:
        """A dataset is made in one way: other settings are another dataset."""
        told = json.dumps(settings, sort_keys=True)
        self._base.execute("insert or ignore into setting values ('settings', ?)", (told,))
        had: dict[str, Any] = json.loads(self._one("select value from setting where name = 'settings'"))
        other = [name for name in {**had, **settings} if had.get(name) != settings.get(name)]
        if other:
            raise Problem(
                given=f"{self.path.parent} was begun with {', '.join(f'{name} {had.get(name)}' for name in other)}, "
                f"and was to go on with {', '.join(f'{name} {settings.get(name)}' for name in other)}",
                wanted="A dataset is made in one way from beginning to end",
                fix="Give the options that were given before, or another folder (-o)",
            )


def _locked(path: Path) -> IO[str]:
    stream = path.open("w", encoding="utf-8")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise Problem(
            given=f"Another boximator annotate is writing to {path.parent}",
            wanted="One run at a time for a dataset; several machines take slices",
            fix="Wait for it, stop it, or use --executor slice --slice 1/4",
        ) from error
    return stream
