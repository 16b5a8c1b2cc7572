from __future__ import annotations

import torch

from boximator.data.constraints import Constraints
from boximator.training.boxes.lesson import Lesson
from boximator.training.boxes.objective import Flow
from boximator.training.boxes.told import Step, clip_generator, step_of, together

LESSON = Lesson(
    clean=torch.zeros(4, 3, 2, 2),
    drawn=torch.ones(4, 3, 2, 2),
    boxes=torch.tensor([0.2, 0.2, 0.6, 0.6]).expand(5, 8, 4),
    colours=torch.rand(8, 3),
    present=torch.arange(8) < 3,
    told={"text": torch.ones(6, 32), "picture": torch.ones(4, 2, 2)},
)
BLANK = {"text": torch.zeros(6, 32)}


def step(place: int, *, rule: Constraints, textless: float = 0.0) -> Step:
    generator = clip_generator(1, step=2, place=place)
    return step_of(LESSON, rule=rule, objective=Flow(), blank=BLANK, textless=textless, generator=generator)


def test_a_clip_of_a_step_is_the_same_whoever_makes_it() -> None:
    rule = Constraints(soft=0.5, drawn=True)
    once, again, other = step(3, rule=rule), step(3, rule=rule), step(4, rule=rule)
    assert torch.equal(once.noise, again.noise)
    assert torch.equal(once.levels, again.levels)
    assert torch.equal(once.condition.boxes, again.condition.boxes)
    assert not torch.equal(once.noise, other.noise)


def test_boxes_are_drawn_where_they_are_given_and_the_stage_says_so() -> None:
    rule = Constraints(soft=0.0, drawn=True, boxless=0.0)
    assert bool((step(0, rule=rule).clean == 1).all())
    assert bool((step(0, rule=Constraints(soft=0.0, drawn=False, boxless=0.0)).clean == 0).all())
    without = step(0, rule=Constraints(soft=0.0, drawn=True, boxless=1.0))
    assert bool((without.clean == 0).all())
    assert not without.condition.present.any()


def test_soft_boxes_hold_the_tight_ones_and_the_first_stays_hard() -> None:
    condition = step(0, rule=Constraints(soft=1.0, drawn=True, boxless=0.0)).condition
    assert bool(condition.hard[:, 0].all())
    assert not condition.hard[:, 1:].any()
    assert torch.equal(condition.boxes[0, 0], LESSON.boxes[0])
    assert bool((condition.boxes[0, 1:, :, :2] <= LESSON.boxes[1:, :, :2]).all())
    assert bool((condition.boxes[0, 1:, :, 2:] >= LESSON.boxes[1:, :, 2:]).all())


def test_without_its_caption_a_clip_keeps_its_picture() -> None:
    rule = Constraints(soft=0.0, drawn=True)
    told = step(0, rule=rule, textless=1.0).told
    assert torch.equal(told["text"][0], BLANK["text"])
    assert torch.equal(told["picture"][0], LESSON.told["picture"])


def test_clips_side_by_side() -> None:
    rule = Constraints(soft=0.5, drawn=True)
    rows = [step(place, rule=rule) for place in range(3)]
    batch = together(rows, device=torch.device("cpu"))
    assert batch.clean.shape == (3, 4, 3, 2, 2)
    assert batch.levels.shape == (3,)
    assert batch.told["text"].shape == (3, 6, 32)
    assert torch.equal(batch.condition.boxes[2], rows[2].condition.boxes[0])
