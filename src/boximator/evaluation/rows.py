"""What is kept of one clip under one condition: plain numbers, one line of JSON, enough for every metric."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from boximator.scene.problem import Problem


@dataclass(frozen=True, kw_only=True)
class ObjectRow:
    """One object. See `boximator.evaluation.adherence` for the rules.

    ``hard`` are the overlaps on hard frames after frame 0. Only true clips have ``truth``, the overlap with the true
    box in every frame after frame 0 in which the object is inside, and ``shown``, the share of it that shows there.
    """

    label: str
    score: float
    detected: bool
    asked: bool
    overlap: float
    hard: tuple[float, ...]
    soft: int
    soft_inside: int
    covered: bool
    truth: tuple[float, ...] = ()
    shown: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClipRow:
    """One clip under one condition. ``background`` is dB, None where the camera moves or nothing is left to compare.

    ``refused``: the method cannot do this scene and said so; what was measured is the base without boxes.
    """

    objects: tuple[ObjectRow, ...]
    background: float | None
    frames: int
    traced: int
    seconds: float
    refused: bool = False


Rows = dict[str, ClipRow]
"""By condition."""


def row_from_json(data: dict[str, Any]) -> ClipRow:
    """A row as it was before it was written."""
    rows: list[dict[str, Any]] = [
        row | {name: tuple(row[name]) for name in ("hard", "truth", "shown")} for row in data["objects"]
    ]
    fields: dict[str, Any] = data | {"objects": tuple(ObjectRow(**row) for row in rows)}
    return ClipRow(**fields)


class Ledger:
    """A file of finished clips beside the result, so that a run that was stopped goes on where it was.

    The first line says which run it is of; a file of another run is refused. A last line that was cut off is
    forgotten.
    """

    def __init__(self, path: Path, *, run: dict[str, Any]) -> None:
        self.path = path
        self.done: dict[int, Rows] = {}
        if path.exists():
            self._read(run)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(run) + "\n", encoding="utf-8")

    def _read(self, run: dict[str, Any]) -> None:
        first, *lines = self.path.read_text(encoding="utf-8").split("\n")
        if first != json.dumps(run):
            raise Problem(
                given=f"{self.path} holds the clips of another, unfinished run: {first}",
                wanted=f"Clips of this run: {json.dumps(run)}",
                fix="Finish that run with its own options, or remove the file",
            )
        whole = lines[:-1]  # what follows the last line break is empty, or was cut off
        for line in whole:
            data = json.loads(line)
            self.done[data["seed"]] = {name: row_from_json(row) for name, row in data["rows"].items()}
        self.path.write_text("\n".join([first, *whole, ""]), encoding="utf-8")

    def add(self, seed: int, *, rows: Rows) -> None:
        """Keep one more clip."""
        data = {"seed": seed, "rows": {name: asdict(row) for name, row in rows.items()}}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(data) + "\n")
        self.done[seed] = rows

    def remove(self) -> None:
        """Forget the run: its result is written."""
        self.path.unlink(missing_ok=True)
