from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_runs import trained
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.provenance.label import banded
from boximator.provenance.verify import Verdict, verify
from boximator.scene.problem import Problem
from boximator.training.curve import read_curve
from boximator.training.report import Row, stages, write_report

ENDS = (40, 70, 90)
PREVIEW = (64, 48)
CHARTS = 4 * 240 + 24
"""Rows of four curves, and of the captions above the previews."""


def rows() -> list[Row]:
    """Three stages whose loss is their number; watched at the end of each, and once before."""
    found: list[Row] = []
    for step in range(ENDS[-1]):
        stage = 1 + sum(step >= end for end in ENDS)
        if step % 10 == 0:
            found.append({"step": step, "loss": stage, "stage": stage})
        if step + 1 in (20, *ENDS):
            found.append({"step": step, "gate": step, "box_effect": 0.5, "stage": stage, "trace": 1 / stage})
    return found


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of three stages; the preview at the end of the second is lacking, for it was killed there."""
    folder = tmp_path / "boxes"
    (folder / "previews").mkdir(parents=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows())
    (folder / "curve.jsonl").write_text(lines, encoding="utf-8")
    for index, step in enumerate((20, 40, 60, 90)):
        Image.new("RGB", PREVIEW, (60 * index, 0, 200)).save(folder / "previews" / f"{step:07d}.png")
    return folder


def test_the_ends_of_the_stages_are_found(run: Path) -> None:
    found = stages(rows(), previews=run / "previews")
    assert [(stage.number, stage.steps, stage.loss) for stage in found] == [
        (1, 40, 1),
        (2, 70, 2),
        (3, 90, 3),
    ]
    assert [stage.watched["gate"] for stage in found] == [39, 69, 89]
    assert [stage.watched["trace"] for stage in found] == pytest.approx([1, 1 / 2, 1 / 3])
    assert [stage.preview and stage.preview.name for stage in found] == [
        "0000040.png", "0000060.png", "0000090.png"
    ]  # fmt: skip


def test_no_stage_shows_a_preview_of_another(run: Path) -> None:
    (run / "previews" / "0000060.png").unlink()
    found = stages(rows(), previews=run / "previews")
    assert [stage.preview is None for stage in found] == [False, True, False]


def test_the_report_shows_curves_stages_and_previews(run: Path) -> None:
    words, picture = write_report(run)
    text = words.read_text(encoding="utf-8")
    assert text.startswith("# boxes\n")
    assert f"({picture.name})" in text
    assert "| stage 2, after 70 steps | 2.0000 | 69.0000 | 0.5000 | 0.5000 |" in text
    with Image.open(picture) as shown:
        pixels = shown.convert("RGB")
    above = np.zeros((1, CHARTS + PREVIEW[1], pixels.width, 3), np.uint8)
    assert banded(above).shape[1] == pixels.height, "the label lies below everything"
    band = above.shape[1]
    below = pixels.crop((0, band - PREVIEW[1], 3 * PREVIEW[0], band))
    colours = [below.getpixel((int((index + 0.5) * PREVIEW[0]), 10)) for index in range(3)]
    for colour, wanted in zip(colours, ((60, 0, 200), (120, 0, 200), (180, 0, 200)), strict=True):
        assert colour == pytest.approx(wanted, abs=10), "but for the watermark"
    assert verify(picture).verdict is Verdict.INTACT


def test_a_run_without_stages_is_one(tmp_path: Path) -> None:
    trained(tmp_path)
    (found,) = stages([*read_curve(tmp_path / "curve.jsonl")], previews=tmp_path / "previews")
    assert (found.number, found.steps, found.preview, found.watched) == (None, 6, None, {})
    words, _ = write_report(tmp_path)
    assert "| the run, after 6 steps |" in words.read_text(encoding="utf-8")


def test_the_command_says_where_the_report_is(run: Path) -> None:
    result = CliRunner().invoke(app, ["train", "report", str(run)])
    assert result.exit_code == 0
    assert result.output.split() == [str(run / "report.md"), str(run / "report.png")]


def test_a_folder_without_a_curve_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no curve"):
        write_report(tmp_path)
    assert list(tmp_path.iterdir()) == []
