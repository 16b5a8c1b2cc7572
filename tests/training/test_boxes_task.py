from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch
from tiny_runs import NoWords, tiny_base
from torch import Tensor, nn

from boximator.data.constraints import Constrained, draw_tracking
from boximator.data.example import Batch
from boximator.data.stream import StreamConfig, make_batch
from boximator.scene.problem import Problem
from boximator.training import boxes_task
from boximator.training.base_task import clean_state
from boximator.training.boxes_task import STAGES, BoxesTask, stage_at, stage_ends, stage_number, undrawn
from boximator.training.optim import Optimiser
from boximator.training.run import OptimConfig
from boximator.training.weights import fresh_adapter

STEPS = 100
FIRST, SECOND, THIRD = 0, 50, 99


@cache
def batch() -> Batch:
    return make_batch(StreamConfig(batch=4, seed=1), step=0, text=NoWords())


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def task(*, train_base: bool = False) -> BoxesTask:
    base = tiny_base()
    return BoxesTask(base, adapter=fresh_adapter(base, seed=0), steps=STEPS, train_base=train_base)


def weights(module: nn.Module) -> dict[str, Tensor]:
    return {name: weight.detach().clone() for name, weight in module.named_parameters()}


def changed(module: nn.Module, before: dict[str, Tensor]) -> set[str]:
    return {name for name, weight in module.named_parameters() if not torch.equal(weight, before[name])}


def learn(taught: BoxesTask, *, steps: int = 3) -> None:
    optimiser = Optimiser(taught.trained, config=OptimConfig())
    for step in range(steps):
        taught.loss(batch(), step=step, generator=seeded(step)).total.backward()
        optimiser.step(factor=1.0)


def test_the_stages_are_the_papers() -> None:
    assert [stage.rule.soft for stage in STAGES] == [0.0, 0.8, 0.8]
    assert [stage.rule.drawn for stage in STAGES] == [True, True, False]
    assert {stage.rule.boxless for stage in STAGES} == {0.25}
    assert sum(stage.share for stage in STAGES) == pytest.approx(1)
    assert STAGES[0].rate >= STAGES[1].rate >= STAGES[2].rate


@pytest.mark.parametrize("steps", [10, 99, 4000])
def test_every_step_has_its_stage_by_share(steps: int) -> None:
    order = [STAGES.index(stage_at(step, steps=steps, stages=STAGES)) for step in range(steps)]
    assert order == sorted(order)
    for index, stage in enumerate(STAGES):
        assert abs(order.count(index) - stage.share * steps) <= 1
    assert stage_at(steps, steps=steps, stages=STAGES) is STAGES[-1]


@pytest.mark.parametrize("steps", [2, 10, 4000])
def test_every_end_of_a_stage_is_a_milestone(steps: int) -> None:
    base = tiny_base()
    taught = BoxesTask(base, adapter=fresh_adapter(base, seed=0), steps=steps)
    ends = stage_ends(steps=steps, stages=STAGES)
    assert [step for step in range(steps + 1) if taught.milestone(step)] == sorted(set(ends))
    assert ends[-1] == steps
    for step in range(1, steps):
        before, after = (stage_number(at, steps=steps, stages=STAGES) for at in (step - 1, step))
        assert (after > before) == taught.milestone(step)


def test_the_stage_is_told_with_the_loss_and_when_watching() -> None:
    taught = task()
    for number, step in enumerate((FIRST, SECOND, THIRD), start=1):
        assert taught.loss(batch(), step=step, generator=seeded()).parts["stage"] == number
        assert taught.watch(batch(), step=step)["stage"] == number


def test_outlines_that_the_model_draws_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A base that answers the target with outlines, and one that answers the target without."""
    taught, told = task(), batch()
    boxed = taught.constrained(told, step=0, generator=seeded())
    for colour, share in ((draw_tracking(told.colour, constrained=boxed), 1), (told.colour, 0)):
        answer = clean_state(told, colour=colour)
        monkeypatch.setattr(taught.base, "forward", Mock(return_value=answer))
        assert taught.watch(told, step=0)["trace"] == share


def test_without_a_box_there_is_no_outline_to_watch() -> None:
    nobody = replace(batch(), present=torch.zeros_like(batch().present))
    assert "trace" not in task().watch(nobody, step=0)


def test_the_rate_is_the_stages() -> None:
    taught = task()
    assert [taught.rate(step) for step in (FIRST, SECOND, THIRD)] == [stage.rate for stage in STAGES]


def test_boxes_are_hard_then_mostly_soft() -> None:
    taught = task()
    shares = [
        taught.constrained(batch(), step=step, generator=seeded()).condition.hard[:, 1:].float().mean()
        for step in (FIRST, SECOND, THIRD)
    ]
    assert shares[0] == 1
    assert 0.1 < shares[1] < 0.3
    assert 0.1 < shares[2] < 0.3


def targets(monkeypatch: pytest.MonkeyPatch, taught: BoxesTask, *, step: int) -> tuple[int, Tensor]:
    """How often boxes were drawn in a step's loss, and the colours that were learned."""
    calls: list[Tensor] = []
    shown: list[Tensor | None] = []
    draw, clean = boxes_task.draw_tracking, boxes_task.clean_state

    def drawing(colour: Tensor, *, constrained: Constrained) -> Tensor:
        calls.append(draw(colour, constrained=constrained))
        return calls[-1]

    def cleaning(told: Batch, *, colour: Tensor | None = None) -> Tensor:
        shown.append(colour)
        return clean(told, colour=colour)

    monkeypatch.setattr(boxes_task, "draw_tracking", drawing)
    monkeypatch.setattr(boxes_task, "clean_state", cleaning)
    taught.loss(batch(), step=step, generator=seeded())
    assert len(shown) == 1
    return len(calls), batch().colour if shown[0] is None else shown[0]


@pytest.mark.parametrize(("step", "drawn"), [(FIRST, True), (SECOND, True), (THIRD, False)])
def test_boxes_are_drawn_on_the_target_in_the_first_two_stages(
    step: int, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, colour = targets(monkeypatch, task(), step=step)
    assert calls == int(drawn)
    assert torch.equal(colour, batch().colour) == (not drawn)


def test_without_self_tracking_nothing_is_ever_drawn() -> None:
    stages = undrawn(STAGES)
    assert not any(stage.rule.drawn for stage in stages)
    assert [replace(stage, rule=replace(stage.rule, drawn=True)) for stage in stages][:2] == list(STAGES[:2])


def test_a_fresh_adapter_leaves_the_loss_as_it_is_without_it() -> None:
    taught, steps = task(), (FIRST, THIRD)
    with_boxes = [taught.loss(batch(), step=step, generator=seeded()).total.item() for step in steps]
    nn.init.normal_(taught.adapter.gated_layers[0].output.weight)
    other = [taught.loss(batch(), step=step, generator=seeded()).total.item() for step in steps]
    assert with_boxes != other
    assert taught.watch(batch(), step=0)["box_effect"] > 0


def test_the_frozen_base_is_bit_for_bit_what_it_was_and_the_adapter_is_not() -> None:
    taught = task()
    base, adapter = weights(taught.base), weights(taught.adapter)
    learn(taught)
    assert changed(taught.base, base) == set()
    assert all(weight.grad is None for weight in taught.base.parameters())
    learned = changed(taught.adapter, adapter)
    assert {name for name in adapter if name.endswith("output.weight")} <= learned
    assert any(name.startswith("tokens.") for name in learned)


def test_the_ablation_trains_the_base_too() -> None:
    taught = task(train_base=True)
    base, adapter = weights(taught.base), weights(taught.adapter)
    learn(taught)
    assert len(changed(taught.base, base)) > 0.9 * len(base)
    assert changed(taught.adapter, adapter)
    assert {name.split(".")[0] for name, _ in taught.trained.named_parameters()} == {"adapter", "base"}


def test_gate_and_effect_of_boxes_are_watched() -> None:
    taught = task()
    before = taught.watch(batch(), step=0)
    assert (before["gate"], before["box_effect"], before["stage"]) == (0, 0, 1)
    learn(taught)
    watched = taught.watch(batch(), step=3)
    assert watched["gate"] > 0
    assert watched["box_effect"] > 0
    assert taught.watch(batch(), step=3) == watched, "the same batch and weights say the same"


def test_watching_leaves_no_gradient_and_no_condition() -> None:
    taught = task()
    taught.watch(batch(), step=0)
    assert all(weight.grad is None for weight in taught.adapter.parameters())
    with pytest.raises(Problem, match="no boxes given"):
        taught.base(
            torch.zeros(4, 30, 3, 4, 4),
            times=torch.ones(4),
            features=torch.zeros(4, 14, 4, 4),
            text=batch().text,
        )


def test_a_preview_shows_truth_boxes_and_no_boxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def look(*told: object) -> None:
        seen.extend(told)

    monkeypatch.setattr(boxes_task, "write_box_preview", look)
    taught = task()
    taught.preview(tmp_path, step=40)
    assert seen == [taught.base, taught.adapter, tmp_path / "0000040.png"]
