from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from contest_stand_ins import Ticks, tiny_terms
from PIL import Image
from tiny_runs import NoWords

from boximator.scene.problem import Problem
from boximator.training.contest import find, prepare
from boximator.training.contest import shot as shot_module
from boximator.training.contest.autoencoder import Autoencoder
from boximator.training.contest.contest import CHART, MEASURED, SHEET, TABLE, contest
from boximator.training.contest.entries import AUTOENCODER_SHARE, ENTRIES, chosen
from boximator.training.contest.terms import agree

TAKING_PART = ("latent", "rgb")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A contest of two, held twice."""
    folder = tmp_path_factory.mktemp("contest")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shot_module, "TextEncoder", NoWords)
        patch.setattr(prepare, "Autoencoder", partial(Autoencoder, width=16))
        patch.setattr(find, "_SCALES", (1.0,))
        patch.setattr(find, "_ANGLES", (0.0,))
        said: list[str] = []
        first = contest(
            tiny_terms(folder), entries=chosen(",".join(TAKING_PART)), told=said.append, text=NoWords()
        )
        assert any("latent/autoencoder" in words for words in said)
        said.clear()
        again = contest(tiny_terms(folder), entries=chosen("rgb"), told=said.append, text=NoWords())
    assert said == [], "what is done is not done again"
    assert again == first
    return folder


def test_everyone_is_trained_for_the_same_time(done: Path) -> None:
    table = json.loads((done / TABLE).read_text())
    assert set(table["entries"]) == set(TAKING_PART)
    seconds = {name: row["spent"] for name, row in table["entries"].items()}
    assert seconds["rgb"]["base"]["seconds"] == 4
    assert seconds["rgb"]["base"]["step"] == 2
    assert seconds["latent"]["autoencoder"]["seconds"] >= AUTOENCODER_SHARE * 4
    assert seconds["latent"]["base"]["seconds"] >= (1 - AUTOENCODER_SHARE) * 4


def test_there_are_numbers_and_pictures(done: Path) -> None:
    for name in TAKING_PART:
        numbers = json.loads((done / name / MEASURED).read_text())["numbers"]
        assert set(numbers["psnr"]) == {"still", "ceiling", "0.3", "0.6", "0.9"}
        assert numbers["psnr"]["ceiling"]["background"]["mean"] > numbers["psnr"]["0.9"]["background"]["mean"]
        with Image.open(done / name / SHEET) as sheet:
            assert sheet.width > 6 * 128
    with Image.open(done / CHART) as chart:
        assert len(chart.getcolors(1 << 16) or []) > 5


def test_other_terms_are_refused(done: Path) -> None:
    with pytest.raises(Problem, match="seconds"):
        agree(tiny_terms(done, seconds=5))
    agree(replace(tiny_terms(done), clips=9, wall=Ticks()))


def test_entries_are_chosen_by_name() -> None:
    assert chosen("") == ENTRIES
    assert [entry.name for entry in chosen("rgb, motion,rgb")] == ["rgb", "motion"]
    with pytest.raises(Problem, match="no entry called flow"):
        chosen("motion,flow")
