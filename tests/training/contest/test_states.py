"""What holds for every state."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from contest_stand_ins import shot_of

from boximator.training.contest.autoencoder import Autoencoder
from boximator.training.contest.backward_state import BackwardState
from boximator.training.contest.latent_state import LatentState
from boximator.training.contest.motion_state import MotionState
from boximator.training.contest.rgb_state import RgbState
from boximator.training.contest.shared_state import SharedState
from boximator.training.contest.shot import film
from boximator.training.contest.state import State, channels
from boximator.training.contest.trial import HELD_OUT

STATES: dict[str, State] = {
    "motion": MotionState(),
    "backward": BackwardState(),
    "rgb": RgbState(),
    "latent": LatentState(Autoencoder()),
    "shared-motion": SharedState(),
}
CEILINGS = {"motion": 33, "backward": 27, "rgb": 26, "latent": 24, "shared-motion": 31}
"""dB that a still picture is far from."""

each = pytest.mark.parametrize("name", STATES)


@each
def test_the_true_state_draws_the_true_frames(name: str) -> None:
    state = STATES[name]
    clip = film(1, config=HELD_OUT, needs=state.needs)
    shot = shot_of(clip, needs=state.needs)
    clean = state.encode(shot)
    assert clean.shape == (1, channels(state), 3, 32, 32)
    made = state.render(clean, shot=shot)
    assert made.shape == (1, 15, 128, 128, 3)
    assert made.dtype == np.uint8
    error = np.square(made[0].astype(float) - clip.frames[1:]).mean()
    assert 10 * np.log10(255**2 / error) > CEILINGS[name]
    still = np.square(clip.frames[:1].astype(float) - clip.frames[1:]).mean()
    assert error < still / 4


@each
def test_zero_is_the_picture_as_it_is(name: str) -> None:
    state = STATES[name]
    clip = film(1, config=HELD_OUT, needs=state.needs)
    made = state.render(torch.zeros(1, channels(state), 3, 32, 32), shot=shot_of(clip, needs=state.needs))
    assert np.abs(made[0].astype(int) - clip.frames[0]).max() <= 2


@each
def test_states_are_of_about_unit_size(name: str) -> None:
    state = STATES[name]
    shot = shot_of(film(1, config=HELD_OUT, needs=state.needs), needs=state.needs)
    if isinstance(state, LatentState):
        state.autoencoder.settle(shot.picture)
    assert 0.1 < state.encode(shot).std().item() < 2
