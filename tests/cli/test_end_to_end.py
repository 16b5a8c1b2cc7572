"""Three films -> a dataset -> an adapter -> numbers -> a model card: the whole way, by the commands of the docs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from films import COLOURS, DETECTOR, film
from PIL import Image
from tiny_folders import pipeline
from typer.testing import CliRunner

from boximator.bases.fit import fitted
from boximator.cli.app import app
from boximator.control.adapter import BoxAdapter
from boximator.data.dataset.clips import Clips
from boximator.evaluation.report import report
from boximator.evaluation.suite import clip_rows, heldout_clip
from boximator.scene.scene import Scene
from boximator.training.boxes.load import load_pipeline
from boximator.training.curve import read_curve

PHOTOS = Path(__file__).parents[2] / "src/boximator/evaluation/photos"
STEPS, SIDE = 20, 64


def said(*words: object) -> str:
    """What a command says; it must end well."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def moved(name: str, *, count: int = 16) -> np.ndarray:
    """A grey photograph that goes by, and before it a red square that goes the other way."""
    grey = Image.open(PHOTOS / f"{name}.jpg").convert("L").convert("RGB").resize((96, 48))
    frames = np.stack([np.asarray(grey)[:, index : index + 64] for index in range(count)])
    for index, frame in enumerate(frames):
        frame[12:28, 44 - 2 * index : 60 - 2 * index] = COLOURS["dog"]
    return frames


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Three of them, and the table of who allowed what."""
    names = ("cow", "koala", "owl")
    for name in names:
        film(tmp_path / f"films/{name}.mp4", moved(name))
    rows = [f"{name}.mp4,photograph {name},CC0-1.0,somebody" for name in names]
    table = "\n".join(["video,source,licence,attribution", *rows, ""])
    (tmp_path / "films.csv").write_text(table, encoding="utf-8")
    return tmp_path / "films"


def evaluated(base: Path, adapter: Path, *, target: Path) -> None:
    """One held-out clip of the world, by the base with its new adapter."""
    pipe = load_pipeline(str(base), revision=None, precision="float32")
    control = BoxAdapter.from_pretrained(adapter)

    def generate(scene: Scene, *, picture: np.ndarray, boxes: bool) -> np.ndarray:
        able = fitted(scene if boxes else Scene(prompt="", frames=scene.frames), pipe, size=picture.shape[:2])
        asked = {"num_frames": able.scene.frames, "num_inference_steps": 1, "decode_chunk_size": 16}
        with control.attached(pipe), control.boxes(able.scene):
            image = Image.fromarray(picture)
            made = pipe(image, height=able.height, width=able.width, output_type="np", **asked).frames[0]
        return np.concatenate([picture[None], (255 * made[1:]).round().astype(np.uint8)])

    clip = heldout_clip(0, size=(SIDE, SIDE))
    rows = clip_rows(clip, generator=generate)
    found = report(
        [rows],
        suite="world-heldout",
        base="tiny",
        method="adapter",
        seed=0,
        steps=1,
        size=(SIDE, SIDE),
        seconds=0.0,
    )
    target.write_text(json.dumps(found), encoding="utf-8")


def test_from_films_to_a_card_that_names_ledger_and_numbers(films: Path, tmp_path: Path) -> None:
    dataset, base, run = tmp_path / "dataset", tmp_path / "svd", tmp_path / "run"
    told = said(
        "annotate", films, "-o", dataset, "--licences", tmp_path / "films.csv", "--detector", DETECTOR,
        "--frames", 8, "--fps", 8, "--side", 48, "--heldout", 0, "--workers", 0,
    )  # fmt: skip
    assert f"{dataset}: 6 clips" in " ".join(told.split())
    assert "every clip is whole and allowed" in said("data", "check", dataset)
    assert "6 clips" in said("data", "stats", dataset)

    pipeline("svd").save_pretrained(base)
    told = said(
        "train", "boxes", "--base", base, "--data", dataset, "-o", run, "--steps", STEPS, "--batch", 2, "--frames", 3,
        "--size", "16x16", "--warmup", 2, "--log-every", 5, "--rate", 1e-3,
    )  # fmt: skip
    assert f"Done: {STEPS} steps" in told
    assert "Waited for data" in told
    rows = read_curve(run / "curve.jsonl")
    assert rows[-1]["step"] == STEPS - 1
    assert rows[-1]["gate"] > 0, "boxes have come to count"
    assert all(0 <= row["waiting"] < 1 for row in rows)

    evaluated(base, run / "adapter", target=tmp_path / "report.json")
    said("train", "card", run / "adapter", "--report", tmp_path / "report.json")
    card = (run / "adapter/README.md").read_text(encoding="utf-8")
    assert Clips(str(dataset)).mark in card
    assert "6 of a dataset of annotated video" in card
    assert "world-heldout" in card
