from __future__ import annotations

import pytest
import torch
from tiny_runs import SIZE

from boximator.pocket.base import build
from boximator.training.contest.rgb_state import RgbState
from boximator.training.contest.shot import Shot
from boximator.training.contest.state import Group, channels
from boximator.training.contest.task import StateTask, group_loss


def test_the_loss_weighs_groups_and_videos() -> None:
    clean = torch.zeros(2, 3, 1, 2, 2)
    wrong = clean.clone()
    wrong[0, 0], wrong[0, 1:] = 2, 1
    groups = (Group("one", channels=1, weight=0.5), Group("two", channels=2, weight=3.0))
    loss = group_loss(wrong, clean=clean, weight=torch.tensor([10.0, 100.0]), groups=groups)
    assert loss.total.item() == pytest.approx(10 * (0.5 * 4 + 3 * 1) / 2)
    assert loss.parts == {"one": 2.0, "two": 0.5}


def test_any_state_can_be_learned(shot: Shot) -> None:
    state = RgbState()
    torch.manual_seed(0)
    task = StateTask(build(SIZE, channels=channels(state)), state=state)
    optimiser = torch.optim.Adam(task.trained.parameters(), lr=3e-3)
    losses: list[float] = []
    for _ in range(8):
        loss = task.loss(shot, generator=torch.Generator().manual_seed(0))
        loss.total.backward()
        losses.append(loss.total.item())
        optimiser.step()
        optimiser.zero_grad()
    assert losses[-1] < 0.9 * losses[0]
