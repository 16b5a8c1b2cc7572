from __future__ import annotations

import numpy as np
import pytest
from film_stage import SIDE, Stage, line

from boximator.evaluation.arrival import find
from boximator.scene.box import iou


@pytest.mark.parametrize("end", [(0.7, 0.4), (0.3, 0.7)])
def test_a_thing_is_found_where_it_went(stage: Stage, end: tuple[float, float]) -> None:
    clip = stage.clip(line((0.3, 0.3), end=end))
    place = find(clip.frames[-1], first=clip.frames[0], box=clip.boxes[0, 0].astype(float))
    assert place is not None
    assert iou(place.box, clip.boxes[-1, 0].astype(float)) > 0.6
    assert place.likeness > 0.5


def test_a_thing_that_grew_is_found_larger() -> None:
    pattern = np.random.default_rng(0).integers(0, 255, (4, 4, 3), np.uint8)
    first, later = (np.full((SIDE, SIDE, 3), 120, np.uint8) for _ in range(2))
    first[10:34, 10:34] = np.kron(pattern, np.ones((6, 6, 1), np.uint8))
    later[50:86, 40:76] = np.kron(pattern, np.ones((9, 9, 1), np.uint8))
    place = find(later, first=first, box=np.array([10, 10, 34, 34]) / SIDE)
    assert place is not None
    assert iou(place.box, np.array([40, 50, 76, 86]) / SIDE) > 0.85


def test_a_speck_is_not_looked_for() -> None:
    frame = np.zeros((SIDE, SIDE, 3), np.uint8)
    assert find(frame, first=frame, box=np.array([0.5, 0.5, 0.51, 0.52])) is None
