from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pocket_stand_ins import Words, tiny_pocket
from typer.testing import CliRunner, Result

from boximator.cli.ablations import COLUMNS, VARIANTS
from boximator.cli.app import app
from boximator.data import stream
from boximator.evaluation import suite, tally
from boximator.evaluation.bootstrap import interval
from boximator.evaluation.suite import HeldOut, heldout_clip
from boximator.pocket import pipeline
from boximator.pocket.base import load, save
from boximator.training import preview
from boximator.training.curve import read_curve
from boximator.training.preview import preview_batch
from boximator.world.clip import Clip

SHOWN_WIDTH = {"COLUMNS": "200"}


def ablations(folder: Path, *more: str) -> Result:
    words = ["train", "ablations", "--steps", "2", "--n", "1", "--base", str(folder / "base")]
    places = ["--folder", str(folder / "runs"), "--workers", "0", "--threads", "1", "--size", "64"]
    return CliRunner(env=SHOWN_WIDTH).invoke(app, [*words, *places, *more])


def one_object(asked: HeldOut) -> Iterator[tuple[int, Clip]]:
    """A clip in which there is little to look for."""
    assert asked.clips == 1
    yield 1, heldout_clip(1, size=asked.size)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """All variants after two steps on a tiny base, and what was printed."""
    folder = tmp_path_factory.mktemp("ablations")
    save(tiny_pocket(), folder=folder / "base")
    with pytest.MonkeyPatch.context() as patch:
        for module in (stream, preview, pipeline):
            patch.setattr(module, "TextEncoder", Words)
        patch.setattr(preview, "preview_batch", lambda: preview_batch(rows=1))
        patch.setattr(suite, "seeds", one_object)
        patch.setattr(tally, "interval", partial(interval, resamples=20))
        result = ablations(folder)
        assert result.exit_code == 0, result.output
        kept = {path: path.read_bytes() for path in folder.rglob("*.clips.jsonl")}
        again = ablations(folder, "--json", str(folder / "new" / "again.json"))
        assert again.exit_code == 0, again.output
    assert len(kept) == len(VARIANTS)
    assert all(path.read_bytes() == was for path, was in kept.items()), "nothing is measured twice"
    return folder, result


def content(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_variant_is_trained_with_the_same_budget(done: tuple[Path, Result]) -> None:
    curves = {name: read_curve(done[0] / "runs" / name / "curve.jsonl") for name in ("paper", "unfrozen")}
    assert all(rows[-1]["step"] == 1 for rows in curves.values())
    assert curves["paper"][0]["loss"] == curves["unfrozen"][0]["loss"], "same clips, noise and first weights"


def test_only_the_unfrozen_variant_has_a_base_of_its_own(done: tuple[Path, Result]) -> None:
    runs = done[0] / "runs"
    assert not (runs / "paper" / "weights" / "transformer").exists()
    assert not (runs / "no-self-tracking" / "weights" / "transformer").exists()
    trained = dict(load(runs / "unfrozen" / "weights").named_parameters())
    given = dict(load(done[0] / "base").half().float().named_parameters())
    assert any(not trained[name].equal(weight) for name, weight in given.items())


def test_boxes_on_the_target_are_more_to_draw(done: tuple[Path, Result]) -> None:
    tracked, untracked = (
        read_curve(done[0] / "runs" / name / "curve.jsonl")[0] for name in ("paper", "no-self-tracking")
    )
    assert tracked["colour"] > untracked["colour"]


def test_the_numbers_are_written_and_shown(done: tuple[Path, Result]) -> None:
    folder, result = done
    numbers = content(folder / "runs" / "ablations.json")
    assert (numbers["suite"], numbers["n"], numbers["train_steps"]) == ("world-heldout", 1, 2)
    assert list(numbers["variants"]) == [variant.name for variant in VARIANTS]
    for row in numbers["variants"].values():
        assert set(COLUMNS) <= set(row["conditions"]["box"]["ci"])
    for words in (*COLUMNS, *(variant.words for variant in VARIANTS), "no boxes"):
        assert words in result.output


def test_the_same_command_again_measures_nothing_and_says_the_same(done: tuple[Path, Result]) -> None:
    assert content(done[0] / "new" / "again.json") == content(done[0] / "runs" / "ablations.json")


def test_inserted_boxes_are_left_out_of_one_variant_alone(done: tuple[Path, Result]) -> None:
    heads = {
        path.name.removesuffix(".clips.jsonl"): json.loads(path.read_text(encoding="utf-8").split("\n")[0])
        for path in (done[0] / "runs").glob("*.clips.jsonl")
    }
    assert [name for name, head in heads.items() if not head["insert"]] == ["no-inserted-boxes"]
    assert heads["no-inserted-boxes"]["weights"] == heads["paper"]["weights"]
    assert len({head["weights"] for head in heads.values()}) == 3
