from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from example_row import ROW
from rich.console import Console

from boximator.evaluation import comparison, engines
from boximator.evaluation.comparison import ALL, COLUMNS, chosen_methods, clip_rows, markdown, table
from boximator.evaluation.engines import ALONE, GUIDED, METHODS, Chosen
from boximator.evaluation.generator import Generator
from boximator.evaluation.rows import ClipRow
from boximator.evaluation.suite import TRUTH, heldout_clip
from boximator.generation import Result, Settings
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.world.clip import Clip

CHOSEN = Chosen(base="pocket", method="held", steps=4)


def test_methods_are_named_on_the_command_line() -> None:
    assert chosen_methods("all") == ALL
    assert set(ALL) == set(METHODS) - {"boxes"}
    assert chosen_methods("ttm, boxes,ttm") == ("ttm", "boxes")
    with pytest.raises(Problem, match="another name"):
        chosen_methods("boxes,held")


def test_every_method_sees_the_same_scene_and_only_the_base_alone_no_boxes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measured(_clip: Clip, **_: Any) -> ClipRow:
        return ROW

    monkeypatch.setattr(comparison, "measured", measured)
    clip = heldout_clip(0, size=(64, 64))
    seen: list[tuple[str, Scene, bool]] = []

    def maker(name: str) -> Generator:
        def make(scene: Scene, *, picture: np.ndarray, boxes: bool) -> np.ndarray:
            seen.append((name, scene, boxes))
            return clip.frames

        return make

    rows = clip_rows(clip, makers={name: maker(name) for name in ("ttm", "adapter", ALONE)})
    assert set(rows) == {"ttm", "adapter", ALONE, TRUTH}
    assert [(name, boxes) for name, _, boxes in seen] == [("ttm", True), ("adapter", True), (ALONE, False)]
    assert len({id(scene) for _, scene, _ in seen}) == 1


def test_a_method_that_refuses_a_scene_counts_as_the_base_alone_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measured(_clip: Clip, *, frames: np.ndarray, **_: Any) -> ClipRow:
        return replace(ROW, traced=int(frames[0, 0, 0, 0]))

    monkeypatch.setattr(comparison, "measured", measured)
    clip = heldout_clip(0, size=(64, 64))

    def alone(scene: Scene, *, picture: np.ndarray, boxes: bool) -> np.ndarray:
        assert not boxes
        return np.full_like(clip.frames, 7)

    def refusing(scene: Scene, *, picture: np.ndarray, boxes: bool) -> np.ndarray:
        raise Problem(given="The scene has no box in frame 0", wanted="One", fix="Draw it")

    rows = clip_rows(clip, makers={"ttm": refusing, ALONE: alone})
    assert (rows["ttm"].refused, rows["ttm"].traced) == (True, 7)
    assert not rows[ALONE].refused
    content = comparison.comparison([rows, rows], chosen=CHOSEN, suite="world-heldout", size=(64, 64))
    assert [content["methods"][name]["refused"] for name in (ALONE, "ttm")] == [0, 2]
    assert markdown(content).splitlines()[3].endswith("| 2 |")


@cache
def made() -> dict[str, Any]:
    rows = [{ALONE: ROW, "ttm": ROW, TRUTH: ROW}] * 2
    return comparison.comparison(rows, chosen=CHOSEN, suite="world-heldout", size=(128, 128))


def test_the_report_has_numbers_gain_and_seconds_of_each() -> None:
    content = made()
    assert list(content["methods"]) == [ALONE, "ttm"]
    for numbers in content["methods"].values():
        assert set(COLUMNS) <= set(numbers)
        assert numbers["gain"] == 1.0
        assert numbers["seconds_per_clip"] == ROW.seconds
    assert content["n"] == 2


def test_tables_have_a_row_for_each() -> None:
    words = io.StringIO()
    Console(file=words, width=240).print(table(made()))
    for name in (ALONE, "ttm", "true clips", "s/clip", "n = 2"):
        assert name in words.getvalue()
        assert name in markdown(made())


class Listening:
    """Stands in for a loaded base."""

    def __init__(self, name: str) -> None:
        self.name = name

    def under(self, method: Any) -> Listening:
        return Listening(method.name)

    def generate(self, scene: Scene, *, picture: np.ndarray, boxes: bool, settings: Settings) -> Result:
        said = f"{self.name} hold={settings.hold} boxes={boxes} seed={scene.seed}"
        return Result(frames=np.array([said]), plan=None, seconds=0.0)


def test_the_base_is_loaded_twice_whatever_the_number_of_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def load(name: str) -> Listening:
        loads.append(name)
        return Listening(name)

    def with_adapter(_base: str, **_: Any) -> Listening:
        return load("adapter")

    def alone(_method: None, **_: Any) -> Listening:
        return load("alone")

    monkeypatch.setattr(engines, "load_engine", with_adapter)
    monkeypatch.setattr(engines, "load_guided", alone)
    makers = engines.generators(CHOSEN, methods=ALL)
    assert loads == ["adapter", "alone"]
    said = {
        name: str(make(Scene(prompt="", seed=3), picture=np.zeros((2, 2, 3), np.uint8), boxes=True)[0])
        for name, make in makers.items()
    }
    assert said["held"] == "adapter hold=True boxes=True seed=3"
    assert said["adapter"] == "adapter hold=False boxes=True seed=3"
    assert said[ALONE].startswith("alone ")
    for name in GUIDED:
        assert said[name].startswith(f"{name} hold=False")
