from __future__ import annotations

import numpy as np
import pytest
from tiny_stages import moving_scene, picture, pocket_pipe

from boximator.generation import Settings
from boximator.guidance.index import METHODS
from boximator.guided import GuidedEngine
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

QUICK = Settings(steps=2, transport=False)


@pytest.fixture
def alone() -> GuidedEngine:
    return GuidedEngine(pocket_pipe(), method=None)


def test_a_method_changes_the_video_and_its_absence_does_not(alone: GuidedEngine) -> None:
    scene, image = moving_scene(16), picture(48)
    plain = alone.generate(scene, picture=image, settings=QUICK)
    led = alone.under(METHODS["ttm"])
    with_boxes = led.generate(scene, picture=image, settings=QUICK)
    without = led.generate(scene, picture=image, boxes=False, settings=QUICK)
    assert not np.array_equal(with_boxes.frames, plain.frames)
    assert np.array_equal(without.frames, plain.frames)
    assert with_boxes.plan is not None
    assert without.plan is None


def test_the_frames_are_the_scenes(alone: GuidedEngine) -> None:
    made = alone.under(METHODS["ttm"]).generate(moving_scene(7), picture=picture(48), settings=QUICK)
    assert made.frames.shape == (7, 48, 48, 3)
    assert made.plan is not None
    assert made.plan.frames == 7


def test_a_scene_without_boxes_is_refused(alone: GuidedEngine) -> None:
    with pytest.raises(Problem, match="no box"):
        alone.under(METHODS["peekaboo"]).generate(Scene(prompt="a dog"), picture=picture(48), settings=QUICK)
