from __future__ import annotations

import pytest
import torch
from tiny_stages import STEPS, case

from boximator.guidance.reference import cut_and_drag
from boximator.guidance.ttm import CLOCKS, Clock, TimeToMove


@pytest.mark.parametrize("base", ["pocket", "svd", "animatediff", "wan", "cogvideox"])
def test_led_to_the_end_the_boxes_hold_the_reference_and_the_rest_does_not(base: str) -> None:
    made, _ = case(base)
    reference = made.stage.encode(cut_and_drag(made.ask.picture, plan=made.ask.plan))
    inside = made.stage.inside(made.ask.plan, slots=(0,))
    led = made.guided(TimeToMove(clock=Clock(weak=0, strong=STEPS, of=STEPS)))
    assert reference.shape == led.shape == inside.shape
    assert torch.allclose(led[inside], reference[inside], atol=1e-5)
    assert not torch.allclose(led[~inside], reference[~inside], atol=1e-2)


def test_the_weak_clock_leads_everywhere() -> None:
    made, _ = case("pocket")
    reference = made.stage.encode(cut_and_drag(made.ask.picture, plan=made.ask.plan))
    led = made.guided(TimeToMove(clock=Clock(weak=STEPS, strong=STEPS, of=STEPS)))
    assert torch.allclose(led, reference, atol=1e-5)


def test_clocks_are_the_authors() -> None:
    assert CLOCKS["wan"].of_steps(50) == (3, 7)
    assert CLOCKS["cogvideox"].of_steps(50) == (4, 9)
    assert CLOCKS["svd"].of_steps(50) == (16, 21)
    assert CLOCKS["wan"].of_steps(4) == (0, 1), "the boxes are led for one step at least"
