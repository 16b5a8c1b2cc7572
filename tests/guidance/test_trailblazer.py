from __future__ import annotations

import pytest
import torch

from boximator.guidance.trailblazer import WEAK, pulled


def test_near_frames_are_pulled_in_and_far_ones_pushed_off() -> None:
    weights = torch.full((1, 1, 2, 2), 0.5)
    apart = torch.tensor([[0.0, 0.9], [0.9, 0.0]])
    bell, inside = torch.full((2, 2), 0.9), torch.ones(2, 2)
    edited = pulled(bell, inside=inside, apart=apart, weights=weights)[0, 0]
    assert edited[0, 0] == pytest.approx(0.45)
    assert edited[0, 1] == pytest.approx(abs(0.5 * (0.1 * 0.9 - 0.9 * 0.1)), abs=1e-6)


def test_outside_everything_is_made_weak() -> None:
    weights = torch.rand(1, 1, 3, 3)
    none = torch.zeros(3, 3)
    assert torch.equal(pulled(none, inside=none, apart=none, weights=weights), WEAK * weights)
