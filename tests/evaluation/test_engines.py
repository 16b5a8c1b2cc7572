from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boximator.evaluation import engines
from boximator.evaluation.engines import Chosen, check, generator
from boximator.generation import Result, Settings
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene


@pytest.mark.parametrize(
    ("base", "method", "words"), [("sketch", "adapter", "pocket"), ("pocket", "magic", "adapter")]
)
def test_unknown_names_are_refused_with_the_known_ones(base: str, method: str, words: str) -> None:
    with pytest.raises(Problem, match=words):
        check(Chosen(base=base, method=method, steps=4))


def test_known_names_pass() -> None:
    check(Chosen(base="pocket", method="adapter", steps=4))


class Listening:
    """An engine that makes nothing and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[Scene, Settings]] = []

    def generate(self, scene: Scene, *, picture: np.ndarray, boxes: bool, settings: Settings) -> Result:
        self.told.append((scene, settings))
        return Result(frames=picture[None], plan=None, seconds=0.0)


def test_what_was_chosen_reaches_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = Listening()
    loaded: list[dict[str, Any]] = []

    def load(base: str, **folders: Any) -> Listening:
        loaded.append({"base": base, **folders})
        return listening

    monkeypatch.setattr(engines, "load_engine", load)
    for method, insert in (("held", True), ("adapter", True), ("adapter", False)):
        make = generator(Chosen(base="pocket", method=method, steps=3, seed=2, insert=insert))
        make(Scene(prompt="", seed=5), picture=np.zeros((2, 2, 3), np.uint8), boxes=True)
    assert loaded == [{"base": "pocket", "weights": None, "adapter": None}] * 3
    assert [scene.seed for scene, _ in listening.told] == [2_000_005] * 3
    assert [settings for _, settings in listening.told] == [
        Settings(steps=3), Settings(steps=3, hold=False), Settings(steps=3, hold=False, insert=False)
    ]  # fmt: skip
