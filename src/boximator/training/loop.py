"""The training loop, top to bottom."""

from __future__ import annotations

import signal
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from types import FrameType

import torch
from accelerate import Accelerator
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from boximator.data.example import Batch
from boximator.data.stream import stream
from boximator.training.checkpoint import Reached, resume, save_checkpoint
from boximator.training.curve import Curve
from boximator.training.optim import Average, Optimiser, rate_factor
from boximator.training.run import Run
from boximator.training.task import Task


def step_generator(seed: int, *, step: int) -> torch.Generator:
    """The only source of randomness of a step; it needs no saving."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) % 2**63)


@contextmanager
def stop_signal() -> Generator[list[bool]]:
    """A flag that SIGINT and SIGTERM set, so that the loop stops between steps and saves."""
    stop = [False]

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop[0] = True

    before = {kind: signal.signal(kind, ask) for kind in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        refresh_per_second=1,
    )


class _Clock:
    """Seconds since the first step, and how many of them were spent waiting for data."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.waited = 0.0

    def fetch(self, batches: Iterator[Batch]) -> Batch:
        """The next batch."""
        asked = time.perf_counter()
        batch = next(batches)
        self.waited += time.perf_counter() - asked
        return batch

    def numbers(self, *, clips: int) -> dict[str, float]:
        """Share of the time spent waiting, and clips a second, after so many clips."""
        elapsed = time.perf_counter() - self.began
        return {"waiting": self.waited / elapsed, "clips_per_second": clips / elapsed}


def _note(numbers: dict[str, float]) -> str:
    return "loss {loss:.4f}  {clips_per_second:.1f} clips/s  waiting {waiting:.1%}".format(**numbers)


def train(run: Run, *, task: Task) -> int:
    """Train to ``run.steps`` (from the newest checkpoint if there is one) and return the step reached.

    A step whose loss or gradients are not finite changes nothing and is counted as ``skipped``. ``waiting``
    is the share of the time spent waiting for data. SIGINT and SIGTERM end the run after a checkpoint.
    """
    torch.set_num_threads(run.threads)
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    module = task.trained.to(accelerator.device)
    optimiser, average = Optimiser(module, config=run.optim), Average(module, decay=run.optim.average)
    begun = saved = resume(run.folder, module=module, optimiser=optimiser, average=average)
    keep = partial(save_checkpoint, run.folder, module=module, optimiser=optimiser, average=average)
    step, skipped, clock = begun.step, begun.skipped, _Clock()
    batches = stream(run.stream, start=step, stop=run.steps, workers=run.workers)
    with stop_signal() as stop, _progress() as bar, closing(batches), Curve(run.folder, start=step) as curve:
        row = bar.add_task(run.name, total=run.steps, completed=step, note="")
        while step < run.steps and not stop[0]:
            batch = clock.fetch(batches)
            loss = task.loss(batch, step=step, generator=step_generator(run.seed, step=step))
            accelerator.backward(loss.total)
            norm = accelerator.clip_grad_norm_(module.parameters(), run.optim.clip)
            assert norm is not None, "only DeepSpeed, which is not used here, clips by itself"
            if torch.isfinite(loss.total) and torch.isfinite(norm):
                optimiser.step(factor=task.rate(step) * rate_factor(step, steps=run.steps, config=run.optim))
                average.update(module, step=step)
            else:
                optimiser.drop()
                skipped += 1
            if step % run.log_every == 0:
                numbers = {
                    "loss": loss.total.item(),
                    "gradient": norm.item(),
                    "skipped": skipped,
                } | dict(loss.parts)
                numbers |= clock.numbers(clips=(step + 1 - begun.step) * run.stream.batch)
                curve.add(numbers, step=step)
                bar.update(row, note=_note(numbers))
            step += 1
            bar.update(row, completed=step)
            look = step % run.preview_every == 0 or step == run.steps or task.milestone(step)
            if look:
                with average.shown(module):
                    curve.add(task.watch(batch, step=step - 1), step=step - 1)
            if step % run.save_every == 0 or step == run.steps:
                saved = keep(reached=Reached(step=step, skipped=skipped))
            if look and not stop[0]:
                with average.shown(module):
                    task.preview(run.folder / "previews", step=step)
                curve.show(run.folder / "previews" / f"{step:07d}.png", step=step - 1)
        if saved.step < step:
            keep(reached=Reached(step=step, skipped=skipped))
    return step
