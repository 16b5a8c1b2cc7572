"""Training for a given number of seconds instead of steps."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from boximator.scene.atomic import appearing
from boximator.training.checkpoint import Reached, checkpoints, resume, save_checkpoint
from boximator.training.contest.shot import Shot, Stream
from boximator.training.curve import Curve
from boximator.training.loop import step_generator
from boximator.training.optim import Average, Optimiser
from boximator.training.run import OptimConfig
from boximator.training.task import Loss

_FALLING = 0.3
"""Share of the seconds over which the rate falls, at the end."""

Clock = Callable[[], float]
"""Seconds from any beginning."""


class TimedTask(Protocol):
    """A model being trained for a time."""

    @property
    def trained(self) -> nn.Module:
        """The module that is trained, averaged and saved."""
        ...

    def loss(self, shot: Shot, *, generator: torch.Generator) -> Loss:
        """The loss of one shot; all randomness comes from ``generator``."""
        ...


@dataclass(frozen=True)
class Spent:
    """How far a training has come: steps, seconds, how many of them it waited for data, and the processor's.

    Where other work shares the machine, ``processor`` seconds tell whether two trainings had as much of it.
    """

    step: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True)
class Timed:
    """A training of so many seconds in a folder."""

    folder: Path
    seconds: float
    optim: OptimConfig
    seed: int = 0
    save_every: float = 60.0
    log_every: int = 10
    clock: Clock = time.perf_counter


def rate_factor(spent: Spent, *, seconds: float, warmup: int) -> float:
    """Share of the full learning rate: warm-up by steps, plateau, linear fall to a twentieth by the clock."""
    rise = min(1.0, (spent.step + 1) / max(1, warmup))
    left = (1 - spent.seconds / seconds) / _FALLING
    return rise * max(0.05, min(1.0, left))


def train_for(
    timed: Timed, *, task: TimedTask, shots: Stream, told: Callable[[Spent, float], None] | None = None
) -> Spent:
    """Train until the seconds are spent, from the newest checkpoint if there is one; ``task`` ends with the average.

    Only steps count, not saving and starting. What was done after the last checkpoint before a stop is done again, and
    its seconds with it. ``told`` hears of every logged step and its loss.
    """
    module, config = task.trained, timed.optim
    optimiser, average = Optimiser(module, config=config), Average(module, decay=config.average)
    reached = resume(timed.folder, module=module, optimiser=optimiser, average=average)
    spent = saved = _spent(timed.folder, step=reached.step)

    def keep() -> Spent:
        _write(timed.folder, spent=spent)
        reached = Reached(step=spent.step, skipped=skipped)
        save_checkpoint(timed.folder, reached=reached, module=module, optimiser=optimiser, average=average)
        return spent

    module.train()
    skipped = reached.skipped
    with closing(shots(spent.step)) as stream, Curve(timed.folder, start=spent.step) as curve:
        shot = next(stream) if spent.seconds < timed.seconds else None  # workers start outside the time
        while shot is not None:
            step, began, processor = spent.step, timed.clock(), time.process_time()
            generator = step_generator(timed.seed, step=step)
            loss = task.loss(shot, generator=generator)
            loss.total.backward()
            norm = nn.utils.clip_grad_norm_(module.parameters(), config.clip)
            if torch.isfinite(loss.total) and torch.isfinite(norm):
                factor = rate_factor(spent, seconds=timed.seconds, warmup=config.warmup)
                optimiser.step(factor=factor)
                average.update(module, step=step)
            else:
                optimiser.drop()
                skipped += 1
            asked = timed.clock()
            shot = next(stream)
            now = timed.clock()
            spent = Spent(
                step=step + 1,
                seconds=spent.seconds + now - began,
                waited=spent.waited + now - asked,
                processor=spent.processor + time.process_time() - processor,
            )
            if step % timed.log_every == 0:
                numbers = {"loss": loss.total.item(), "gradient": norm.item(), "seconds": spent.seconds}
                curve.add(numbers | {"skipped": skipped} | dict(loss.parts), step=step)
                if told is not None:
                    told(spent, loss.total.item())
            if spent.seconds >= timed.seconds:
                shot = None
            if shot is None or spent.seconds - saved.seconds >= timed.save_every:
                saved = keep()
    average.swap(module)
    return spent


def _write(folder: Path, *, spent: Spent) -> None:
    """Keep what was spent up to a step beside its checkpoint, before that appears; drop what has none."""
    known = {f"spent-{int(path.name.removeprefix('step-'))}.json" for path in checkpoints(folder)}
    for path in folder.glob("spent-*.json"):
        if path.name not in known:
            path.unlink()
    with appearing(folder / f"spent-{spent.step}.json") as partial:
        partial.write_text(json.dumps(asdict(spent)), encoding="utf-8")


def _spent(folder: Path, *, step: int) -> Spent:
    path = folder / f"spent-{step}.json"
    return Spent(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else Spent(step=step)
