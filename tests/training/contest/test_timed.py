from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path
from typing import cast

import pytest
import torch
from contest_stand_ins import Ticks
from torch import nn

from boximator.training.checkpoint import checkpoints
from boximator.training.contest.shot import Shot
from boximator.training.contest.timed import Spent, Timed, rate_factor, train_for
from boximator.training.curve import read_curve
from boximator.training.run import OptimConfig
from boximator.training.task import Loss


class Line:
    """One number, to be made one."""

    def __init__(self, *, break_at: int = -1) -> None:
        self.trained = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(self.trained.weight)
        self.steps = 0
        self.break_at = break_at

    def loss(self, shot: Shot, *, generator: torch.Generator) -> Loss:
        self.steps += 1
        near = (self.trained.weight - 1 + 0.1 * torch.randn(1, generator=generator)).square().sum()
        return Loss(total=near * math.nan if self.steps - 1 == self.break_at else near)


def run(folder: Path, task: Line, *, steps: int = 10, clock: Ticks | None = None) -> tuple[Spent, list[int]]:
    """Train for as many steps, saving after every third; what was spent and where the shots began."""
    begun: list[int] = []

    def shots(start: int) -> Generator[Shot]:
        begun.append(start)
        while True:
            yield cast(Shot, object())

    # A step looks at the clock when it begins, asks for data, and has them: it takes two seconds.
    optim = OptimConfig(rate=0.05, weight_decay=0, warmup=2, average=0.5)
    timed = Timed(
        folder=folder, seconds=2 * steps, optim=optim, save_every=6, log_every=1, clock=clock or Ticks()
    )
    return train_for(timed, task=task, shots=shots), begun


def test_it_ends_when_the_seconds_are_spent_and_has_learned(tmp_path: Path) -> None:
    task = Line()
    spent, _ = run(tmp_path, task)
    assert (spent.step, spent.seconds, spent.waited) == (10, 20, 10)
    rows = read_curve(tmp_path / "curve.jsonl")
    assert [row["step"] for row in rows] == list(range(10))
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert task.trained.weight.item() > 0.2


def test_broken_off_it_goes_on_from_the_last_checkpoint_to_the_same_end(tmp_path: Path) -> None:
    whole, broken = Line(), Line()
    run(tmp_path / "whole", whole)
    with pytest.raises(MemoryError):
        run(tmp_path / "broken", broken, clock=Ticks(die_at=15))
    again = Line()
    spent, begun = run(tmp_path / "broken", again)
    assert begun == [3]
    assert again.steps == 7
    assert (spent.step, spent.seconds) == (10, 20)
    assert torch.equal(again.trained.weight, whole.trained.weight)
    assert len(list((tmp_path / "broken").glob("spent-*.json"))) <= len(checkpoints(tmp_path / "broken")) + 1


def test_what_is_finished_is_left_alone_and_has_the_same_weights(tmp_path: Path) -> None:
    first, second = Line(), Line()
    run(tmp_path, first)
    spent, _ = run(tmp_path, second)
    assert second.steps == 0
    assert spent.step == 10
    assert torch.equal(second.trained.weight, first.trained.weight)


def test_a_loss_that_is_no_number_changes_nothing(tmp_path: Path) -> None:
    task = Line(break_at=0)
    run(tmp_path, task, steps=1)
    assert task.trained.weight.item() == 0
    assert read_curve(tmp_path / "curve.jsonl")[0]["skipped"] == 1


def test_the_rate_rises_by_steps_and_falls_by_the_clock() -> None:
    def rate(step: int, seconds: float) -> float:
        return rate_factor(Spent(step=step, seconds=seconds), seconds=100, warmup=4)

    assert [rate(step, 0) for step in (0, 1, 3, 9)] == [0.25, 0.5, 1, 1]
    assert [rate(9, seconds) for seconds in (70, 85, 99.9, 120)] == pytest.approx([1, 0.5, 0.05, 0.05])
