from __future__ import annotations

import json
import math
from pathlib import Path

from board_events import shown
from PIL import Image

from boximator.training.curve import Curve, read_curve


def written(folder: Path, *, start: int, steps: range) -> list[int]:
    with Curve(folder, start=start) as curve:
        for step in steps:
            curve.add({"loss": 1 / (step + 1)}, step=step)
    return [int(row["step"]) for row in read_curve(folder / "curve.jsonl")]


def test_numbers_come_back_as_they_were_written(tmp_path: Path) -> None:
    with Curve(tmp_path / "new", start=0) as curve:
        curve.add({"loss": 1 / 3, "skipped": 2}, step=7)
        curve.add({}, step=8)
        curve.add({"loss": float("nan")}, step=9)
    first, second = read_curve(tmp_path / "new" / "curve.jsonl")
    assert first == {"step": 7, "loss": 0.333333, "skipped": 2}
    assert math.isnan(second["loss"])


def test_what_came_after_the_checkpoint_is_written_again(tmp_path: Path) -> None:
    assert written(tmp_path, start=0, steps=range(5)) == [0, 1, 2, 3, 4]
    assert written(tmp_path, start=3, steps=range(3, 6)) == [0, 1, 2, 3, 4, 5]


def test_a_line_cut_by_a_kill_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, start=0, steps=range(4))
    path = tmp_path / "curve.jsonl"
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    assert [row["step"] for row in read_curve(path)] == [0, 1, 2]
    assert written(tmp_path, start=4, steps=range(4, 5)) == [0, 1, 2, 4]
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_every_line_is_on_the_disk_at_once(tmp_path: Path) -> None:
    with Curve(tmp_path, start=0) as curve:
        curve.add({"loss": 1.0}, step=0)
        assert len(read_curve(tmp_path / "curve.jsonl")) == 1


def test_no_curve_is_an_empty_one(tmp_path: Path) -> None:
    assert read_curve(tmp_path / "curve.jsonl") == []


def test_a_picture_that_was_not_drawn_is_not_missed(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "0000001.png")
    with Curve(tmp_path, start=0) as curve:
        curve.show(tmp_path / "0000001.png", step=0)
        curve.show(tmp_path / "0000002.png", step=1)
    assert [image.step for image in shown(tmp_path).Images("preview")] == [0]
