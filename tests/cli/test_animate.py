from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from boximator.cli.app import app


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def boxes(photo: Path, *more: str) -> list[str]:
    ends = ["--box", "dog:0.1,0.3,0.4,0.7", "--end-box", "dog:0.5,0.3,0.8,0.7"]
    return ["animate", str(photo), "--prompt", "a dog runs", *ends, "--steps", "2", "--render", "rgb", *more]


def test_a_method_without_training_is_written_down_and_made_again(photo: Path) -> None:
    first, again, trained = (photo.with_name(name) for name in ("ttm.mp4", "again.mp4", "boxes.mp4"))
    made = CliRunner().invoke(app, boxes(photo, "--method", "ttm", "-o", str(first)))
    assert made.exit_code == 0, made.output
    assert json.loads(first.with_suffix(".json").read_text(encoding="utf-8"))["method"] == "ttm"
    assert (
        CliRunner().invoke(app, ["animate", str(first.with_suffix(".json")), "-o", str(again)]).exit_code == 0
    )
    assert CliRunner().invoke(app, boxes(photo, "-o", str(trained))).exit_code == 0
    digests = [
        json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sha256"]
        for path in (first, again, trained)
    ]
    assert digests[0] == digests[1]
    assert digests[0] != digests[2]


def test_an_unknown_method_is_refused_and_nothing_is_written(photo: Path) -> None:
    made = CliRunner().invoke(
        app, boxes(photo, "--method", "magic", "-o", str(photo.with_name("new") / "a.mp4"))
    )
    assert made.exit_code == 2
    assert not photo.with_name("new").exists()


def test_a_picture_saved_by_the_editor_brings_its_boxes(tmp_path: Path) -> None:
    project = tmp_path / "project.png"
    shutil.copyfile(Path(__file__).parents[1] / "golden/project.png", project)
    command = ["animate", str(project), "--steps", "1", "--render", "rgb", "-o", str(tmp_path / "a.mp4")]
    made = CliRunner().invoke(app, command)
    assert made.exit_code == 0, made.output
    left = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["scene"]
    assert left["picture"] == "project.png"
    assert [track["label"] for track in left["tracks"]] == ["dog", "小鸟 🐦"]
    # Boxes on the command line make it a photograph like any other.
    drawn = CliRunner().invoke(app, boxes(project, "-o", str(tmp_path / "b.mp4")))
    assert drawn.exit_code == 0, drawn.output
    left = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))["scene"]
    assert [track["label"] for track in left["tracks"]] == ["dog"]


def test_a_plain_picture_without_boxes_asks_for_them(photo: Path) -> None:
    made = CliRunner().invoke(app, ["animate", str(photo)])
    assert made.exit_code == 2
    assert "--box" in made.output


def test_what_no_picture_shows_is_told(photo: Path) -> None:
    """A small model paints a blur where a person expects a dog."""
    ends = ["--box", "dog:-0.4,0.3,-0.1,0.7", "--end-box", "dog:0.5,0.3,0.8,0.7"]
    some = ["--steps", "1", "--render", "rgb", "-o", str(photo.with_name("a.mp4"))]
    made = CliRunner(env={"COLUMNS": "400"}).invoke(app, ["animate", str(photo), *ends, *some])
    assert made.exit_code == 0, made.output
    assert "dog comes in from outside" in made.stderr
    again = json.loads(photo.with_name("a.json").read_text(encoding="utf-8"))
    again["scene"]["last_picture"] = "photo.png"
    photo.with_name("b.json").write_text(json.dumps(again["scene"]), encoding="utf-8")
    made = CliRunner().invoke(app, ["animate", str(photo.with_name("b.json")), *some])
    assert made.exit_code == 0, made.output
    assert "comes in" not in made.stderr
