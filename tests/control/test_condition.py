from __future__ import annotations

import pytest
import torch

from boximator.control.condition import Condition
from boximator.scene.box import Box
from boximator.scene.colours import COLOURS
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track


def test_a_plan_becomes_a_batch_of_one() -> None:
    keyframes = (
        Keyframe(frame=0, box=Box(0.1, 0.2, 0.3, 0.4)),
        Keyframe(frame=5, box=Box(0.6, 0.2, 0.8, 0.4)),
    )
    table = plan(Scene(frames=6, tracks=(Track(id=1, label="ball", keyframes=keyframes),)))
    condition = Condition.from_plan(table)
    assert (condition.batch, condition.frames, condition.slots) == (1, 6, 8)
    torch.testing.assert_close(condition.boxes[0, 0, 0], torch.tensor([0.1, 0.2, 0.3, 0.4]))
    assert condition.hard[0, :, 0].tolist() == [True, False, False, False, False, True]
    assert condition.present[0].sum(0).tolist() == [6, 0, 0, 0, 0, 0, 0, 0]
    torch.testing.assert_close(condition.colours[0, 3], torch.tensor(COLOURS))


def test_colours_per_slot_hold_for_all_frames(boxes: Condition) -> None:
    assert boxes.colours.shape == (2, 5, 8, 3)
    assert torch.equal(boxes.colours[:, 0], boxes.colours[:, 4])


def test_stacked_conditions_keep_their_order(boxes: Condition) -> None:
    null = Condition.null(batch=3, frames=5)
    stacked = Condition.stack([null, boxes])
    assert stacked.batch == 5
    assert not stacked.present[:3].any()
    assert torch.equal(stacked.boxes[3:], boxes.boxes)


def test_conditions_of_different_lengths_do_not_stack(boxes: Condition) -> None:
    with pytest.raises(Problem, match="same frame count"):
        Condition.stack([boxes, Condition.null(batch=1, frames=6)])
    with pytest.raises(Problem, match="At least one condition"):
        Condition.stack([])


@pytest.mark.parametrize("field", ["boxes", "colours", "hard", "present"])
def test_tensors_that_disagree_are_refused(boxes: Condition, field: str) -> None:
    parts = {name: getattr(boxes, name) for name in ("boxes", "colours", "hard", "present")}
    parts[field] = parts[field][:, 1:]
    with pytest.raises(Problem, match="the same batch, frames and slots"):
        Condition(**parts)
