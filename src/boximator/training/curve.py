"""The numbers of a run over its steps, as lines of JSON that survive a kill without a seam."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

from boximator.scene.atomic import appearing
from boximator.training.board import Board


class Curve(AbstractContextManager["Curve"]):
    """Appends one JSON object a line to ``curve.jsonl``, cut off first at the step where a run goes on.

    A `Board` gets the same.
    """

    def __init__(self, folder: Path, *, start: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "curve.jsonl"
        kept = [row for row in read_curve(self.path) if int(row["step"]) < start]
        with appearing(self.path) as partial:
            partial.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")
        self._file: TextIO = self.path.open("a", encoding="utf-8")
        self._board = Board(folder, start=start)

    def add(self, numbers: Mapping[str, float], *, step: int) -> None:
        """Write the numbers of one step, if there are any."""
        if not numbers:
            return
        rounded = {name: round(float(value), 6) for name, value in numbers.items()}
        self._file.write(json.dumps({"step": step} | rounded) + "\n")
        self._file.flush()
        self._board.add(rounded, step=step)

    def show(self, picture: Path, *, step: int) -> None:
        """Put a picture beside the numbers of a step, if there is such a file."""
        if picture.is_file():
            self._board.show(picture, step=step)

    def __exit__(self, *error: object) -> None:
        self._file.close()
        self._board.__exit__(*error)


def read_curve(path: Path) -> list[dict[str, float]]:
    """All whole lines of a curve; a line cut by a kill is left out."""
    if not path.is_file():
        return []
    rows: list[dict[str, float]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return rows
