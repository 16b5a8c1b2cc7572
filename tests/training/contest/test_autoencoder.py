from __future__ import annotations

import pytest
import torch

from boximator.training.contest.autoencoder import (
    LATENT,
    Autoencoder,
    AutoencoderTask,
    drawn_frames,
    patterns,
)
from boximator.training.contest.shot import Shot


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_patterns_are_orthonormal() -> None:
    torch.testing.assert_close(patterns() @ patterns().T, torch.eye(LATENT), atol=1e-6, rtol=0)


def test_it_begins_as_a_projection_and_learns(shot: Shot) -> None:
    torch.manual_seed(0)
    task = AutoencoderTask(Autoencoder(width=16))
    optimiser = torch.optim.Adam(task.trained.parameters(), lr=3e-3)
    losses: list[float] = []
    for _ in range(8):
        loss = task.loss(shot, generator=seeded())
        loss.total.backward()
        losses.append(loss.parts["error"])
        optimiser.step()
        optimiser.zero_grad()
    assert losses[0] < 0.02, "a blurred picture is near"
    assert losses[-1] < 0.95 * losses[0]


def test_latents_are_settled_at_unit_size_and_decode_to_the_same(shot: Shot) -> None:
    torch.manual_seed(0)
    autoencoder = Autoencoder(width=16)
    before = autoencoder.decode(autoencoder.encode(shot.picture))
    autoencoder.settle(shot.picture)
    latents = autoencoder.encode(shot.picture)
    assert latents.shape == (1, LATENT, 32, 32)
    assert latents.std().item() == pytest.approx(1, abs=1e-4)
    torch.testing.assert_close(autoencoder.decode(latents), before, atol=1e-4, rtol=0)


def test_frames_are_drawn_without_repetition(shot: Shot) -> None:
    drawn = drawn_frames(shot, count=16, generator=seeded())
    assert shot.frames is not None
    every = shot.frames[0].float() / 127.5 - 1
    assert drawn.shape == every.shape
    assert sorted(drawn.sum((1, 2, 3)).tolist()) == pytest.approx(sorted(every.sum((1, 2, 3)).tolist()))
    assert not torch.equal(drawn, every)
