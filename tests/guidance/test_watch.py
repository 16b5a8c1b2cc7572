from __future__ import annotations

import torch
from torch import Tensor, nn

from boximator.guidance.watch import Watch, watching


class Denoiser(nn.Module):
    def forward(self, sample: Tensor, timestep: Tensor, text: Tensor | None = None) -> Tensor:
        return sample


def call(model: nn.Module, time: float, *, rows: int = 1) -> None:
    model(torch.zeros(rows, 2), timestep=torch.tensor(time))


def test_steps_are_counted_by_time_whatever_the_calls_in_a_step() -> None:
    high, low = Denoiser(), Denoiser()
    seen: list[int] = []
    with watching((high, low)) as watch:
        for model, time in ((high, 9.0), (high, 9.0), (high, 5.0), (low, 1.0), (low, 1.0)):
            call(model, time)
            seen.append(watch.step)
        call(high, 9.0)
        seen.append(watch.step)
    assert seen == [0, 0, 1, 2, 2, 0]


def test_the_first_call_of_a_step_is_kept_and_our_own_are_not_counted() -> None:
    model = Denoiser()
    with watching((model,)) as watch:
        call(model, 9.0, rows=2)
        call(model, 9.0, rows=3)
        with watch.aside():
            call(model, 4.0, rows=4)
        assert watch.step == 0
        assert watch.first is not None
        assert watch.first.sample.shape[0] == 2
        assert watch.batch == 3
    assert not vars(model)["_forward_pre_hooks"]


def test_nothing_is_seen_after_the_block() -> None:
    model = Denoiser()
    with watching((model,)) as watch:
        pass
    call(model, 1.0)
    assert isinstance(watch, Watch)
    assert watch.step == -1
