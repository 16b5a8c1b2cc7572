from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from tiny_runs import NoWords, tiny_base

from boximator.data.example import Batch
from boximator.data.stream import StreamConfig, make_batch
from boximator.pocket.layout import FRAMES, PACK, STATE_CHANNELS
from boximator.pocket.state import decode, to_cells
from boximator.pocket.text import WIDTH
from boximator.training.base_task import (
    COLOUR_WEIGHT,
    HIDDEN_WEIGHT,
    THING_WEIGHT,
    BaseTask,
    clean_state,
    state_loss,
)

CHANNELS = STATE_CHANNELS * PACK


@pytest.fixture(scope="module")
def batch() -> Batch:
    return make_batch(StreamConfig(batch=2, seed=1), step=0, text=NoWords())


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_clean_state_is_the_batch(batch: Batch) -> None:
    back = decode(clean_state(batch), first=to_cells(batch.picture))
    torch.testing.assert_close(back.flow, batch.flow, atol=1e-6, rtol=0)
    torch.testing.assert_close(back.visible, batch.visible, atol=1e-6, rtol=0)
    torch.testing.assert_close(back.colour, batch.colour, atol=1e-5, rtol=0)


def test_other_colours_can_be_shown(batch: Batch) -> None:
    white = torch.ones_like(batch.colour)
    back = decode(clean_state(batch, colour=white), first=to_cells(batch.picture))
    torch.testing.assert_close(back.colour, white, atol=1e-5, rtol=0)
    torch.testing.assert_close(back.flow, batch.flow, atol=1e-6, rtol=0)


def test_the_loss_weighs_channels_and_videos() -> None:
    clean = torch.zeros(2, CHANNELS, (FRAMES - 1) // PACK, 4, 4)
    weights = {"colour": COLOUR_WEIGHT, "flow": 1.0, "hidden": HIDDEN_WEIGHT, "thing": THING_WEIGHT}
    for name, channels in (("colour", (0, 1, 2)), ("flow", (3, 4)), ("hidden", (5,)), ("thing", (6,))):
        wrong = clean.clone()
        for channel in channels:
            wrong[0, channel::STATE_CHANNELS] = 2.0
        loss = state_loss(wrong, clean=clean, weight=torch.tensor([3.0, 100.0]))
        assert loss.total.item() == pytest.approx(weights[name] * 4 * 3 / 2)
        assert loss.parts == pytest.approx({part: 2.0 if part == name else 0.0 for part in weights})


def test_the_generator_decides_the_loss(batch: Batch) -> None:
    task = BaseTask(tiny_base())
    first, again, other = (task.loss(batch, step=0, generator=seeded(s)).total.item() for s in (0, 0, 1))
    assert first == again != other


def test_it_trains_the_whole_base_and_lowers_the_loss(batch: Batch) -> None:
    task = BaseTask(tiny_base())
    assert task.trained is task.base
    told = replace(batch, text=torch.randn(2, 4, WIDTH, generator=seeded()))
    optimiser = torch.optim.Adam(task.trained.parameters(), lr=3e-3)
    losses: list[float] = []
    for _ in range(12):
        loss = task.loss(told, step=0, generator=seeded())
        loss.total.backward()
        losses.append(loss.total.item())
        optimiser.step()
        optimiser.zero_grad()
    assert losses[-1] < 0.8 * losses[0]
    untouched = dict(tiny_base().named_parameters())
    still = [name for name, p in task.base.named_parameters() if torch.equal(p, untouched[name])]
    assert still == [], "every weight is learned"
