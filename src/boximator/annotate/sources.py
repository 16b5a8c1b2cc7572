"""The videos under the given files and folders, and what is there that cannot be looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from boximator.scene.problem import Problem

_KINDS = "mp4 m4v mov mkv webm avi mpg mpeg ts mts m2ts wmv flv ogv 3gp gif y4m"
ENDINGS = frozenset(f".{kind}" for kind in _KINDS.split())
"""Files in folders that count as videos; a file that is named itself is taken whatever its ending."""


@dataclass(frozen=True)
class Found:
    """A video, or (with a reason) what cannot be one."""

    path: str
    reason: str = ""


def check_given(given: Sequence[Path]) -> None:
    """Refuse before anything is loaded where nothing that was given exists; one of several is only reported.

    Raises:
        Problem: there is nothing at all.
    """
    if given and not any(os.path.lexists(path) for path in given):
        raise Problem(
            given="There is nothing at " + ", ".join(str(path) for path in given),
            wanted="Videos, or folders of videos",
            fix="Check the names",
        )


def sources(given: Sequence[Path]) -> Iterator[Found]:
    """Every video once, in the order of names, as it is found: nothing is held in memory but folders.

    Links are followed; a folder that is reached again, by a loop or a second name, is named and not entered again.
    """
    entered: dict[tuple[int, int], str] = {}
    for start in given:
        path = Path(os.path.abspath(start))
        if path.is_dir():
            yield from _within(path, entered=entered)
        elif os.path.lexists(path):
            yield _file(path)
        else:
            yield Found(str(path), f"There is nothing at {path}.")


def _within(folder: Path, *, entered: dict[tuple[int, int], str]) -> Iterator[Found]:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            stat = here.stat()
            mark = (stat.st_dev, stat.st_ino)
            if mark in entered:
                yield Found(str(here), f"{here} leads to {entered[mark]} again; it was entered once.")
                continue
            entered[mark] = str(here)
            names = sorted(os.listdir(here))
        except OSError as error:
            yield Found(str(here), f"The folder {here} cannot be read: {error.strerror}.")
            continue
        folders: list[Path] = []
        for name in names:
            path = here / name
            if path.is_dir():
                folders.append(path)
            elif path.suffix.lower() in ENDINGS:
                yield _file(path)
        waiting += reversed(folders)


def _file(path: Path) -> Found:
    try:
        path.stat()
    except OSError as error:  # a link to nothing, or to itself
        return Found(str(path), f"{path} cannot be read: {error.strerror}.")
    return Found(str(path), "" if path.is_file() else f"{path} is no file.")
