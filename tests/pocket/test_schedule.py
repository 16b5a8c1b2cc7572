from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.schedule import (
    SHIFT,
    SMALLEST,
    euler_step,
    loss_weight,
    noised,
    sampling_times,
    shifted,
    training_times,
)

CLEAN = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
NOISE = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(1))


def test_the_path_begins_at_the_clean_state_and_ends_at_noise() -> None:
    assert torch.equal(noised(CLEAN, noise=NOISE, times=torch.zeros(2)), CLEAN)
    assert torch.equal(noised(CLEAN, noise=NOISE, times=torch.ones(2)), NOISE)


def test_every_video_has_its_own_time() -> None:
    mixed = noised(CLEAN, noise=NOISE, times=torch.tensor([0.0, 1.0]))
    assert torch.equal(mixed, torch.stack([CLEAN[0], NOISE[1]]))


@given(st.floats(0.05, 1), st.floats(0, 1))
def test_a_step_with_the_true_clean_state_stays_on_the_path(now: float, share: float) -> None:
    following = now * share
    state = noised(CLEAN, noise=NOISE, times=torch.full((2,), now))
    stepped = euler_step(state, clean=CLEAN, now=now, following=following)
    expected = noised(CLEAN, noise=NOISE, times=torch.full((2,), following))
    torch.testing.assert_close(stepped, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 7, 20])
def test_all_steps_together_reach_the_clean_state(steps: int) -> None:
    times = sampling_times(steps).tolist()
    assert (len(times), times[0], times[-1]) == (steps + 1, 1.0, 0.0)
    assert times == sorted(times, reverse=True)
    state = NOISE
    for now, following in pairwise(times):
        state = euler_step(state, clean=CLEAN, now=now, following=following)
    torch.testing.assert_close(state, CLEAN)


def test_the_weight_is_that_of_a_velocity_loss_until_it_stops_growing() -> None:
    times = torch.linspace(0.001, 1, 200)
    weights = loss_weight(times)
    assert (weights.diff() <= 0).all()
    assert torch.equal(weights[times < SMALLEST], torch.full_like(weights[times < SMALLEST], SMALLEST**-2))
    s = 0.6
    state, wrong = noised(CLEAN, noise=NOISE, times=torch.full((2,), s)), CLEAN + 0.1
    velocity = (NOISE - CLEAN) - (state - wrong) / s
    expected = velocity.square().mean() / (wrong - CLEAN).square().mean()
    torch.testing.assert_close(loss_weight(torch.tensor([s]))[0], expected)


def test_shifting_keeps_the_ends_and_the_order_and_pushes_towards_noise() -> None:
    u = torch.linspace(0, 1, 50)
    s = shifted(u)
    assert (s[0], s[-1]) == (0, 1)
    assert (s.diff() > 0).all()
    assert (s[1:-1] > u[1:-1]).all()


def test_training_times_are_spread_over_each_batch_and_repeatable() -> None:
    drawn = training_times(8, generator=torch.Generator().manual_seed(3))
    assert torch.equal(drawn, training_times(8, generator=torch.Generator().manual_seed(3)))
    u = (drawn / (SHIFT - (SHIFT - 1) * drawn)).sort().values
    assert ((u * 8).floor() == torch.arange(8)).all(), "one time in each eighth, before the shift"
    assert drawn.max() <= 1
    assert drawn.min() > 0
    orders = {
        tuple(training_times(3, generator=torch.Generator().manual_seed(s)).argsort().tolist())
        for s in range(20)
    }
    assert len(orders) > 3
