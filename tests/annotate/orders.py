"""Runs of annotation for tests: small, in this process, with the detector of squares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from films import DETECTOR

from boximator.annotate.executors.here import Here
from boximator.annotate.report import Report
from boximator.annotate.run import Annotation, annotate
from boximator.annotate.settings import Settings
from boximator.data.dataset.index import Row, read_index, rows_of
from boximator.data.dataset.licences import Ledger, Permission

SETTINGS = Settings(detector=DETECTOR, frames=8, fps=8.0, side=48, heldout=0.0)
MINE = Ledger(default=Permission(source="made here", licence="CC0-1.0"))


def order(given: Path, output: Path, **further: Any) -> Annotation:
    begun = Annotation(given=(given,), output=output, settings=SETTINGS, licences=MINE, executor=Here())
    return replace(begun, **further)


def ran(given: Path, output: Path, **further: Any) -> Report:
    return annotate(order(given, output, **further), progress=silent)


def silent(_done: int, _total: int, _clips: int) -> None:
    pass


def rows_in(output: Path) -> list[Row]:
    return rows_of(read_index(str(output)))
