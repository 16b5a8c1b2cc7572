from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from boximator.data.stream import StreamConfig
from boximator.training import loop
from boximator.training.checkpoint import checkpoints
from boximator.training.curve import read_curve
from boximator.training.muon import orthogonalised
from boximator.training.optim import Average, rate_factor
from boximator.training.run import OptimConfig, Run
from boximator.training.task import Loss


class Small(nn.Module):
    """One matrix in a block, for Muon, and a head, for AdamW."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(nn.Linear(4, 4))
        self.head = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.blocks(x))


class Line:
    """A task small enough to train in a blink; it falls over at the step it is told to."""

    def __init__(self, *, falls_at: int | None = None, not_finite_at: int | None = None) -> None:
        torch.manual_seed(0)
        self.model = Small()
        self.falls_at = falls_at
        self.not_finite_at = not_finite_at

    @property
    def trained(self) -> nn.Module:
        return self.model

    def loss(self, batch: Any, *, step: int, generator: torch.Generator) -> Loss:
        if step == self.falls_at:
            raise RuntimeError("the power went")
        x = torch.randn(8, 4, generator=generator) + batch
        error = self.model(x) - x.sum(1, keepdim=True)
        scale = float("nan") if step == self.not_finite_at else 1.0
        return Loss(total=scale * error.square().mean(), parts={"error": error.abs().mean().item()})

    def rate(self, step: int) -> float:
        return 1.0

    def watch(self, batch: Any, *, step: int) -> Mapping[str, float]:
        return {"watched": float(step)}

    def preview(self, folder: Path, *, step: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True)
class Ended:
    curve: list[dict[str, float]]
    weights: dict[str, torch.Tensor]


def numbers(_config: StreamConfig, *, start: int, stop: int, workers: int) -> Iterator[int]:
    yield from range(start, stop)


@pytest.fixture(autouse=True)
def few_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "stream", numbers)


def run_in(folder: Path) -> Run:
    optim = OptimConfig(warmup=2, cooldown=4)
    return Run(
        name="line", folder=folder, steps=12, stream=StreamConfig(batch=8), optim=optim,
        threads=1, save_every=4, preview_every=100, log_every=1,
    )  # fmt: skip


def trained(folder: Path, *tasks: Line) -> Ended:
    for task in tasks:
        if task.falls_at is None:
            assert loop.train(run_in(folder), task=task) == 12
        else:
            with pytest.raises(RuntimeError, match="the power went"):
                loop.train(run_in(folder), task=task)
    steady = ("step", "loss", "gradient", "error", "skipped", "watched")
    rows = [{k: row[k] for k in steady if k in row} for row in read_curve(folder / "curve.jsonl")]
    return Ended(curve=rows, weights=dict(tasks[-1].model.state_dict()))


@pytest.mark.parametrize("falls_at", [1, 5, 8, 11])
def test_a_run_that_broke_off_goes_on_as_if_nothing_had_happened(tmp_path: Path, falls_at: int) -> None:
    whole = trained(tmp_path / "whole", Line())
    broken = trained(tmp_path / "broken", Line(falls_at=falls_at), Line())
    assert broken.curve == whole.curve
    for name, value in whole.weights.items():
        assert torch.equal(broken.weights[name], value), name


def test_a_half_written_checkpoint_is_not_one(tmp_path: Path) -> None:
    trained(tmp_path, Line())
    (tmp_path / ".partial-0000099").mkdir()
    (tmp_path / "step-0000099").mkdir()
    assert [path.name for path in checkpoints(tmp_path)] == ["step-0000008", "step-0000012"]


def test_a_loss_that_is_not_finite_changes_nothing_and_is_counted(tmp_path: Path) -> None:
    ended = trained(tmp_path, Line(not_finite_at=6))
    assert all(value.isfinite().all() for value in ended.weights.values())
    assert [row["skipped"] for row in ended.curve if "skipped" in row][-1] == 1


def test_muon_makes_matrices_orthogonal() -> None:
    matrices = torch.randn(3, 16, 24, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalised(matrices, steps=5))
    assert values.min() > 0.5
    assert values.max() < 1.5


def test_swapping_the_average_twice_changes_nothing() -> None:
    task = Line()
    average = Average(task.model, decay=0.9)
    before = {name: value.clone() for name, value in task.model.state_dict().items()}
    with torch.no_grad():
        task.model.head.weight.add_(1)
    average.update(task.model, step=100)
    changed = task.model.head.weight.clone()
    average.swap(task.model)
    assert not torch.equal(task.model.head.weight, changed)
    average.swap(task.model)
    assert torch.equal(task.model.head.weight, changed)
    assert not torch.equal(before["head.weight"], changed)


def test_the_rate_rises_stays_and_falls_to_a_twentieth() -> None:
    config = OptimConfig(warmup=10, cooldown=20)
    rates = [rate_factor(step, steps=100, config=config) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[50] == 1
    assert rates[99] == pytest.approx(0.05)
