from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from boximator.training.muon import Muon
from boximator.training.optim import Average, Optimiser, rate_factor
from boximator.training.run import OptimConfig

CONFIG = OptimConfig(warmup=10, cooldown=20, average=0.9)


class Small(nn.Module):
    """An embedding, two blocks and a head."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embed = nn.Linear(4, 6)
        self.blocks = nn.ModuleList([nn.Linear(6, 6) for _ in range(2)])
        self.frozen = nn.Linear(6, 6).requires_grad_(False)
        self.head = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.embed(x)
        for block in self.blocks:
            x = torch.tanh(block(x))
        return self.head(self.frozen(x))


def learn(module: nn.Module, optimiser: Optimiser, *, steps: int = 1, factor: float = 1.0) -> None:
    for step in range(steps):
        x = torch.randn(8, 4, generator=torch.Generator().manual_seed(step))
        module(x).square().mean().backward()
        optimiser.step(factor=factor)


def weights(module: nn.Module) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in module.parameters()])


def test_the_rate_rises_stays_and_falls_to_a_twentieth() -> None:
    rates = [rate_factor(step, steps=100, config=CONFIG) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[4] == pytest.approx(0.5)
    assert set(rates[9:81]) == {1.0}
    assert rates[90] == pytest.approx(0.5)
    assert rates[99] == pytest.approx(0.05)


@given(st.integers(1, 500), st.integers(0, 600), st.integers(0, 600))
def test_the_rate_is_never_0_nor_above_1(steps: int, warmup: int, cooldown: int) -> None:
    config = OptimConfig(warmup=warmup, cooldown=cooldown)
    rates = [rate_factor(step, steps=steps, config=config) for step in range(steps)]
    assert min(rates) > 0
    assert max(rates) <= 1


def test_muon_takes_the_matrices_of_blocks_and_adamw_the_rest() -> None:
    module = Small()
    adamw, muon = Optimiser(module, config=CONFIG).parts
    assert isinstance(muon, Muon)
    assert {id(p) for p in muon.param_groups[0]["params"]} == {id(block.weight) for block in module.blocks}
    others = {id(p) for p in module.parameters() if p.requires_grad} - {
        id(block.weight) for block in module.blocks
    }
    assert {id(p) for p in adamw.param_groups[0]["params"]} == others


def test_a_step_moves_all_that_is_trained_and_nothing_else() -> None:
    module = Small()
    before = {name: weight.detach().clone() for name, weight in module.named_parameters()}
    learn(module, Optimiser(module, config=CONFIG))
    for name, weight in module.named_parameters():
        assert torch.equal(weight, before[name]) == name.startswith("frozen"), name
        assert weight.grad is None


def test_the_factor_scales_the_rates() -> None:
    whole, half = Small(), Small()
    start = weights(whole)
    learn(whole, Optimiser(whole, config=OptimConfig(weight_decay=0.0)))
    learn(half, Optimiser(half, config=OptimConfig(weight_decay=0.0)), factor=0.5)
    torch.testing.assert_close(weights(half) - start, (weights(whole) - start) / 2, atol=1e-6, rtol=1e-4)


def test_dropped_gradients_leave_no_trace() -> None:
    dropped, plain = Small(), Small()
    optimiser = Optimiser(dropped, config=CONFIG)
    (dropped(torch.randn(8, 4)) * float("inf")).sum().backward()
    optimiser.drop()
    learn(dropped, optimiser, steps=2)
    learn(plain, Optimiser(plain, config=CONFIG), steps=2)
    assert torch.equal(weights(dropped), weights(plain))


def test_an_optimiser_goes_on_from_its_state() -> None:
    straight, halted = Small(), Small()
    learn(straight, one := Optimiser(straight, config=CONFIG), steps=2, factor=0.3)
    learn(halted, two := Optimiser(halted, config=CONFIG), steps=2, factor=0.3)
    resumed = Small()
    resumed.load_state_dict(halted.state_dict())
    again = Optimiser(resumed, config=CONFIG)
    again.load_state_dict(two.state_dict())
    learn(straight, one, steps=3)
    learn(resumed, again, steps=3)
    assert torch.equal(weights(straight), weights(resumed))


def test_the_average_is_exponential_after_a_quick_start() -> None:
    module = Small()
    average = Average(module, decay=0.9)
    expected = module.head.bias.detach().clone()
    for step in range(30):
        with torch.no_grad():
            module.head.bias.fill_(float(step))
        average.update(module, step=step)
        decay = min(0.9, (step + 1) / (step + 10))
        expected = decay * expected + (1 - decay) * step
    torch.testing.assert_close(average.values["head.bias"], expected)
    assert not any(name.startswith("frozen") for name in average.values)


def test_swapping_twice_changes_nothing() -> None:
    module = Small()
    average = Average(module, decay=0.9)
    learn(module, Optimiser(module, config=CONFIG))
    own, averaged = weights(module), {name: value.clone() for name, value in average.values.items()}
    average.swap(module)
    assert not torch.equal(weights(module), own)
    assert all(torch.equal(p, averaged[name]) for name, p in module.named_parameters() if p.requires_grad)
    average.swap(module)
    assert torch.equal(weights(module), own)
    assert all(torch.equal(value, averaged[name]) for name, value in average.values.items())


def test_a_module_gets_its_own_weights_back_even_after_an_error() -> None:
    module = Small()
    average = Average(module, decay=0.9)
    learn(module, Optimiser(module, config=CONFIG))
    own = weights(module)

    def look() -> None:
        with average.shown(module):
            assert not torch.equal(weights(module), own)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look()
    assert torch.equal(weights(module), own)
