from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.cli.contest import COLUMNS, table
from boximator.scene.problem import Problem
from boximator.training.contest.terms import Terms, agree


def mean(value: float | None) -> dict[str, Any]:
    return {"mean": value, "error": None, "n": 1}


def test_an_unknown_entry_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    words = ["train", "contest", "-o", str(tmp_path / "new"), "--entries", "video"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_a_row_for_each_entry() -> None:
    regions = {"thing": mean(12.345), "uncovered": mean(1), "background": mean(None)}
    psnr = dict.fromkeys(("still", "ceiling", "0.3", "0.6", "0.9"), regions)
    names = ("still", "sharpness", "moved", "true_moved")
    row = {"numbers": {"psnr": psnr} | dict.fromkeys(names, mean(0.5)), "spent": {"base": {"step": 7}}}
    terms = Terms(folder=Path(), seconds=90)
    found = {"terms": terms.training, "judging": terms.judging, "entries": {"rgb": row, "motion": row}}
    made = table(found)
    assert made.row_count == 2
    assert len(made.columns) == len(COLUMNS) + 1
    assert list(made.columns[2].cells) == ["12.3", "12.3"]
    assert list(made.columns[5].cells) == ["-", "-"]
    assert "12.3 dB" in str(made.caption)


@pytest.mark.parametrize("words", [["--minutes", "0"], ["--n", "0"]])
def test_nothing_cannot_be_asked_for(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["train", "contest", *words]).exit_code == 2


def test_processor_time_is_another_contest(tmp_path: Path) -> None:
    wall, processor = Terms(folder=tmp_path, seconds=90), Terms(folder=tmp_path, seconds=90, processor=True)
    assert wall.clock is time.perf_counter
    assert processor.clock is time.process_time
    agree(wall)
    with pytest.raises(Problem, match="processor"):
        agree(processor)
