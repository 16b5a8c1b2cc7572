from __future__ import annotations

import torch
from tiny_stages import noise

from boximator.guidance.frequency import blended, butterworth


def test_one_tensor_with_itself_is_itself() -> None:
    tensor = noise(2, 5, 8, 6)
    assert torch.allclose(blended(tensor, high=tensor, stops=(0.1, 0.25, 0.25)), tensor, atol=1e-5)


def test_the_mean_is_the_low_ones_and_a_checkerboard_the_high_ones() -> None:
    checks = torch.tensor([1.0, -1.0]).repeat(4)[:, None] * torch.tensor([1.0, -1.0]).repeat(4)
    low, high = 3.0 + 0 * checks, 7.0 + checks
    assert torch.allclose(blended(low, high=high, stops=(0.5, 0.5)), 3 + checks, atol=0.02)


def test_half_passes_at_the_stop() -> None:
    passes = butterworth((16,), stops=(0.5,))
    assert passes[0] == 1
    assert torch.isclose(passes[4], torch.tensor(0.5))
    assert passes[8] < 0.01
