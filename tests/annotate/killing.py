"""Who is killed, and what must be there all the same: for the tests of executors."""

from __future__ import annotations

import contextlib
import sqlite3
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

from films import COLOURS, film, moving
from orders import rows_in

FILMS = 4


def films(folder: Path) -> Path:
    """Of two clips each."""
    for seed in range(FILMS):
        film(folder / f"{seed}.mp4", moving(16, seed=seed))
    return folder


def poisoned(videos: Path) -> Path:
    frames = moving(16, seed=9)
    frames[:, 36:46, 4:14] = COLOURS["car"]
    return film(videos / "3 poison.mp4", frames)


def complete(output: Path, *, videos: int) -> None:
    """Every video's two clips are there once, in the index and in the shards."""
    rows = rows_in(output)
    assert len(rows) == len({row.clip for row in rows}) == 2 * videos
    names: list[str] = []
    for path in output.glob("shard*.tar"):
        with tarfile.open(path) as tar:
            names += [Path(name).stem for name in tar.getnames() if name.endswith(".mp4")]
    assert sorted(names) == sorted(row.clip for row in rows)


def tries_in(output: Path) -> list[tuple[str, int]]:
    """State and tries of all videos, fewest tries first."""
    with contextlib.closing(sqlite3.connect(output / "ledger.sqlite")) as ledger:
        return ledger.execute("select state, tries from video order by tries").fetchall()


def fresh(marks: Path, *, standing: bool = False) -> None:
    """No marks of `poison.Slow`, or as many as make all processes stand still."""
    marks.mkdir(exist_ok=True)
    for path in [*marks.iterdir(), marks.parent / "go"]:
        path.unlink(missing_ok=True)
    for number in range(4 if standing else 0):
        (marks / f"before {number}").touch()


def stood(marks: Path, *, running: Callable[[], bool]) -> int:
    """Waits until processes stand still in the midst of a clip; gives the number of one of them."""
    until(lambda: len(list(marks.iterdir())) >= 4 or not running())
    assert running()
    return int(max(path.name for path in marks.iterdir()).split("-")[1])


def until(holds: Callable[[], bool]) -> None:
    """Looks now and then, and leaves the cores to those that are waited for."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def living(whose: str) -> list[str]:
    """Command lines of processes with this in their environment.

    Without two of Ray's own that do nothing, and end a minute after all others were killed.
    """
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has just ended, or is somebody else's
            if whose.encode() in path.read_bytes():
                found.append(path.with_name("cmdline").read_text(encoding="utf-8", errors="replace"))
    return [line for line in found if "Agent" not in line]
