"""How far a training is: a bar with the time that is left, or, where nobody sits before it, sentences."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Tell = Callable[[str], None]


class Shown(Protocol):
    """So many are done; a note says how it goes."""

    def __call__(self, done: int, note: str = "") -> None: ...


@contextmanager
def shown(
    what: str, *, total: int, done: int = 0, tell: Tell, console: Console | None = None
) -> Generator[Shown]:
    """On a terminal a bar, elsewhere (a file, a cluster's log) every note as a line.

    Args:
        what: is counted.
        total, done: how many there are, and were before.
        tell: is told the lines; that of a process that is not the first one says nothing.
        console: by default the terminal behind stderr.
    """
    where = console or Console(stderr=True)
    if not where.is_terminal:
        yield lambda done, note="": tell(f"{what} {done} of {total}  {note}") if note else None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=where) as bar:
        row = bar.add_task(what, total=total, completed=done, note="")

        def show(done: int, note: str = "") -> None:
            bar.update(row, completed=done)
            if note:
                bar.update(row, note=note)

        yield show


@contextmanager
def silent(*_what: str, **_settings: object) -> Generator[Shown]:
    """For the other processes."""
    yield lambda done, note="": None
