"""Training runs of a few steps on a tiny base.

As a program: `python tiny_runs.py FOLDER [--die-at STEP] [--workers COUNT]`.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from boximator.data import stream
from boximator.data.example import Batch
from boximator.data.stream import StreamConfig
from boximator.pocket.base import PocketBase, PocketSize, build
from boximator.pocket.text import TOKENS, WIDTH, TextEncoder
from boximator.training.base_task import BaseTask
from boximator.training.loop import train
from boximator.training.run import OptimConfig, Run
from boximator.training.task import Loss

STEPS = 6
SIZE = PocketSize(width=48, heads=2, layers=1, feed_forward=64, picture=8, spare=2)


class NoWords(TextEncoder):
    """Every prompt is "no text", at no cost."""

    def __init__(self) -> None:
        nn.Module.__init__(self)

    def forward(self, prompts: list[str]) -> Tensor:
        return torch.zeros(len(prompts), TOKENS, WIDTH)


@dataclass
class Happenings:
    """What happens to a run at certain steps, and the steps that were taken and looked at."""

    kill_at: int | None = None
    fail_at: int | None = None
    interrupt_at: int | None = None
    interrupt_in_preview: bool = False
    break_at: int | None = None
    milestones: tuple[int, ...] = ()
    steps: list[int] = field(default_factory=list[int])
    previews: list[int] = field(default_factory=list[int])


class EventfulTask(BaseTask):
    """Training `pocket`, with happenings and without pictures."""

    def __init__(self, base: PocketBase, *, happenings: Happenings) -> None:
        super().__init__(base)
        self.happenings = happenings

    def loss(self, batch: Batch, *, step: int, generator: torch.Generator) -> Loss:
        happening = self.happenings
        happening.steps.append(step)
        if step == happening.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if step == happening.fail_at:
            raise MemoryError
        if step == happening.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)
        loss = super().loss(batch, step=step, generator=generator)
        return Loss(total=loss.total * float("nan")) if step == happening.break_at else loss

    def milestone(self, step: int) -> bool:
        return step in self.happenings.milestones

    def watch(self, batch: Batch, *, step: int) -> Mapping[str, float]:
        weights = torch.cat([weight.detach().flatten() for weight in self.base.parameters()])
        return {"size": float(weights.norm()), "clips": len(batch)}

    def preview(self, folder: Path, *, step: int) -> None:
        self.happenings.previews.append(step)
        if self.happenings.interrupt_in_preview:
            os.kill(os.getpid(), signal.SIGINT)


def tiny_base() -> PocketBase:
    """Weights of seed 0."""
    torch.manual_seed(0)
    return build(SIZE)


def tiny_run(folder: Path) -> Run:
    """Six steps of two clips, a checkpoint after every second."""
    return Run(
        name="tiny",
        folder=folder,
        steps=STEPS,
        stream=StreamConfig(batch=2, seed=5),
        optim=OptimConfig(warmup=2, cooldown=3),
        seed=5,
        workers=0,
        threads=1,
        save_every=2,
        preview_every=3,
        log_every=1,
    )


def trained(
    folder: Path, happenings: Happenings | None = None, *, workers: int = 0
) -> tuple[int, PocketBase]:
    """Run (or go on with) the tiny run in a folder; the step reached and the base."""
    base, run = tiny_base(), replace(tiny_run(folder), workers=workers)
    reached = train(run, task=EventfulTask(base, happenings=happenings or Happenings()))
    return reached, base


if __name__ == "__main__":
    stream.TextEncoder = NoWords
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--die-at", type=int)
    options.add_argument("--workers", type=int, default=0)
    given = options.parse_args()
    trained(given.folder, Happenings(kill_at=given.die_at), workers=given.workers)
