from __future__ import annotations

from pathlib import Path

import pytest
from example_row import ROW

from boximator.evaluation.rows import Ledger
from boximator.scene.problem import Problem

RUN = {"suite": "world-heldout", "steps": 20}


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    Ledger(path, run=RUN).add(3, rows={"none": ROW, "box": ROW})
    assert Ledger(path, run=RUN).done == {3: {"none": ROW, "box": ROW}}


def test_a_line_that_was_cut_off_is_forgotten_and_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    first = Ledger(path, run=RUN)
    first.add(0, rows={"box": ROW})
    with path.open("a", encoding="utf-8") as file:
        file.write('{"seed": 1, "rows": {"bo')
    again = Ledger(path, run=RUN)
    assert set(again.done) == {0}
    again.add(1, rows={"box": ROW})
    assert set(Ledger(path, run=RUN).done) == {0, 1}


def test_the_clips_of_another_run_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    Ledger(path, run=RUN).add(0, rows={"box": ROW})
    with pytest.raises(Problem, match="another, unfinished run"):
        Ledger(path, run={**RUN, "steps": 4})
    assert set(Ledger(path, run=RUN).done) == {0}


def test_a_finished_run_leaves_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "sub" / "rows.jsonl", run=RUN)
    ledger.remove()
    assert not ledger.path.exists()
