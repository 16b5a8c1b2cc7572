"""What is in one picture, with a detector that says what it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from boximator.annotate.detection import Detection, Frame, best
from boximator.annotate.proposals import Finder
from boximator.scene.problem import Problem

PICTURE = np.zeros((4, 6, 3), np.uint8)
LARGE = Detection(box=(0.1, 0.1, 0.9, 0.9), score=0.9, label="car")
SMALL = Detection(box=(0.3, 0.3, 0.5, 0.5), score=0.4, label="dog")


@dataclass(frozen=True)
class Told:
    """Sees the same in every frame."""

    there: tuple[Detection, ...]
    names: tuple[str, ...] | None = None

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        assert wanted is None
        return [list(self.there) for _ in frames]


def test_all_things_in_the_detectors_order() -> None:
    assert Finder(Told((LARGE, SMALL))).things(PICTURE) == [LARGE, SMALL]


@pytest.mark.parametrize(
    ("point", "thing"), [((0.4, 0.4), SMALL), ((0.2, 0.8), LARGE), ((0.95, 0.5), None), ((0.9, 0.9), LARGE)]
)
def test_the_smallest_thing_at_a_point(point: tuple[float, float], thing: Detection | None) -> None:
    assert Finder(Told((LARGE, SMALL))).at(PICTURE, point=point) == thing


def test_without_weights_it_says_how_to_fetch_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXIMATOR_HOME", str(tmp_path))
    with pytest.raises(Problem, match="boximator data fetch-detector"):
        Finder.default()


def test_of_one_class_no_box_lies_mostly_in_a_better_one() -> None:
    boxes = np.array([[0, 0, 1, 1], [0.1, 0.1, 0.5, 0.5], [0.1, 0.1, 0.5, 0.5], [0, 0, 0.2, 0.2]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.1], np.float32)
    assert best(boxes, scores=scores, names=np.array([0, 0, 1, 2]), least=0.3) == [0, 2]
