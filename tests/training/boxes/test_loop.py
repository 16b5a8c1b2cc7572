from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from boximator.control.condition import Condition
from boximator.training.boxes.loop import Learner
from boximator.training.boxes.objective import Edm, Objective, PlainEdm
from boximator.training.boxes.told import Step


@pytest.mark.parametrize("objective", [Edm(), PlainEdm()])
def test_the_network_sees_noised_clips_as_the_objective_shows_them(objective: Objective) -> None:
    seen: list[Tensor] = []

    def answer(state: Tensor, **_: Any) -> Tensor:
        seen.append(state)
        return state

    def called(_condition: Condition, call: Callable[[], Tensor]) -> Tensor:
        return call()

    learner: Any = object.__new__(Learner)
    learner.base = SimpleNamespace(objective=objective, given=1, answer=answer)
    learner.model = called
    generator = torch.Generator().manual_seed(0)
    clean, noise = (torch.randn(2, 4, 3, 8, 8, generator=generator) for _ in range(2))
    condition = Condition.null(batch=2, frames=9)
    batch = Step(clean=clean, noise=noise, levels=torch.full((2,), 50.0), told={}, condition=condition)
    answered, wanted = learner.answer(batch, condition=condition)
    assert float(seen[0].std()) == pytest.approx(1, abs=0.1), (
        "of unit size, though the noise is 50 times the clip"
    )
    assert answered.shape == wanted.shape == (2, 4, 2, 8, 8), "less what is given"
