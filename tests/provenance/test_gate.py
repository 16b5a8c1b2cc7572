from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from boximator.annotate.detection import Detection, Frame
from boximator.annotate.proposals import Finder
from boximator.generation import Engine
from boximator.guided import GuidedEngine
from boximator.provenance.gate import GATE_VARIABLE, Asked, let_through
from boximator.provenance.ledger import LOG_VARIABLE
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

PICTURE = np.zeros((4, 5, 3), np.uint8)
EXAMPLE = Path(__file__).parents[2] / "examples/gate.py"


def dark(asked: Asked) -> str | None:
    """Refuses dark pictures."""
    return "a picture is dark" if any(picture.mean() < 8 for picture in asked.pictures) else None


def test_it_is_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(GATE_VARIABLE, raising=False)
    let_through(Asked(prompt="anything", pictures=(PICTURE,)))


def test_what_it_refuses_is_told_and_recorded_by_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.jsonl"
    monkeypatch.setenv(LOG_VARIABLE, str(log))
    let_through(Asked(prompt="a secret", pictures=(PICTURE + 9,)), gate=dark)
    assert not log.exists()
    with pytest.raises(Problem, match="a picture is dark"):
        let_through(Asked(prompt="a secret", pictures=(PICTURE,)), gate=dark)
    line = json.loads(log.read_text(encoding="utf-8"))
    assert line["refused"]
    assert len(line["pictures_sha256"]) == 1
    assert "secret" not in log.read_text(encoding="utf-8")


def test_the_environment_names_a_function_of_a_module_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def no(asked):\n    return f'not {asked.prompt}'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in (f"{file}:no", "mine:no"):
        monkeypatch.setenv(GATE_VARIABLE, name)
        with pytest.raises(Problem, match="not war"):
            let_through(Asked(prompt="war"))


@pytest.mark.parametrize("name", ["none_such:gate", "json:none", "no.py:gate", "json", "math:sqrt"])
def test_a_broken_gate_lets_nothing_through(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GATE_VARIABLE, name)
    with pytest.raises(Problem, match="so nothing is made"):
        let_through(Asked(prompt="a dog"))


@pytest.mark.parametrize(("prompt", "refused"), [("a dog runs", False), ("an offence", True)])
def test_the_example_with_a_stand_in_for_its_classifier(
    prompt: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def predict_prob(texts: list[str]) -> list[float]:
        return [float("offence" in text) for text in texts]

    stand_in = SimpleNamespace(predict_prob=predict_prob)
    monkeypatch.setitem(sys.modules, "profanity_check", stand_in)
    gate = runpy.run_path(str(EXAMPLE))["gate"]
    assert (gate(Asked(prompt=prompt)) is not None) == refused


@pytest.mark.parametrize("engine", [Engine, GuidedEngine])
def test_engines_ask_before_anything_else(
    engine: type[Engine | GuidedEngine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "def no(asked):\n    return f'{len(asked.pictures)} of {asked.prompt}'\n", encoding="utf-8"
    )
    monkeypatch.setenv(GATE_VARIABLE, f"{file}:no")
    nothing_loaded = engine.__new__(engine)
    with pytest.raises(Problem, match="2 of war"):
        nothing_loaded.generate(Scene(prompt="war"), picture=PICTURE, last_picture=PICTURE)


def test_the_example_for_pictures_refuses_whoever_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sees:
        """In place of the detector: a white picture holds a person, a black one a dog."""

        names = ("person", "dog")

        def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
            assert wanted is None
            labels = ["person" if frame.mean() > 128 else "dog" for frame in frames]
            return [[Detection(box=(0, 0, 1, 1), score=0.9, label=label)] for label in labels]

    asked: list[float] = []

    def found(*, least: float) -> Finder:
        asked.append(least)
        return Finder(Sees())

    monkeypatch.setattr(Finder, "default", found)
    monkeypatch.setenv(GATE_VARIABLE, f"{EXAMPLE.with_name('gate_people.py')}:gate")
    let_through(Asked(prompt="a dog runs", pictures=(PICTURE,)))
    with pytest.raises(Problem, match="1 person"):
        let_through(Asked(prompt="a dog runs", pictures=(PICTURE, PICTURE + 255)))
    assert asked == [0.5, 0.5]
