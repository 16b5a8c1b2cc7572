"""The training loop, top to bottom."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import torch
from accelerate import Accelerator
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from boximator.data.stream import stream
from boximator.training.checkpoint import resume, save_checkpoint
from boximator.training.curve import Curve
from boximator.training.optim import Average, Optimiser, rate_factor
from boximator.training.run import Run
from boximator.training.task import Task


def step_generator(seed: int, *, step: int) -> torch.Generator:
    """The only source of randomness of a step; it needs no saving."""
    return torch.Generator().manual_seed((seed * 1_000_003 + step) % 2**63)


@contextmanager
def _stop_signal() -> Iterator[list[bool]]:
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
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"), refresh_per_second=1,
    )  # fmt: skip


def train(run: Run, *, task: Task) -> int:
    """Train to ``run.steps`` (from the newest checkpoint if there is one) and return the step reached.

    A step whose loss or gradients are not finite changes nothing and is counted as ``skipped``. ``waiting`` is the
    share of the time spent waiting for data.
    """
    torch.set_num_threads(run.threads)
    run.folder.mkdir(parents=True, exist_ok=True)
    accelerator = Accelerator(cpu=not torch.cuda.is_available())
    module = task.trained.to(accelerator.device)
    optimiser, average = Optimiser(module, config=run.optim), Average(module, decay=run.optim.average)
    start = resume(run.folder, module=module, optimiser=optimiser, average=average)
    curve = Curve(run.folder, start=start)
    batches = stream(run.stream, start=start, stop=run.steps, workers=run.workers)
    step, skipped, waited, began = start, 0, 0.0, time.perf_counter()
    with _stop_signal() as stop, _progress() as bar:
        row = bar.add_task(run.name, total=run.steps, completed=start, note="")
        while step < run.steps and not stop[0]:
            asked = time.perf_counter()
            batch = next(batches)
            waited += time.perf_counter() - asked
            loss = task.loss(batch, step=step, generator=step_generator(run.seed, step=step))
            accelerator.backward(loss.total)
            norm = accelerator.clip_grad_norm_(module.parameters(), run.optim.clip)
            if torch.isfinite(loss.total) and (norm is None or torch.isfinite(norm)):
                optimiser.step(factor=task.rate(step) * rate_factor(step, steps=run.steps, config=run.optim))
                average.update(module, step=step)
            else:
                optimiser.drop()
                skipped += 1
            if step % run.log_every == 0:
                elapsed = time.perf_counter() - began
                rate = (step + 1 - start) * run.stream.batch / elapsed
                numbers = {"loss": loss.total.item(), "gradient": float(norm or 0), "skipped": skipped}
                numbers |= dict(loss.parts) | {"waiting": waited / elapsed, "clips_per_second": rate}
                curve.add(numbers, step=step)
                bar.update(row, note=f"loss {loss.total.item():.4f}  {rate:.1f} clips/s  waiting {waited / elapsed:.1%}")
            step += 1
            bar.update(row, completed=step)
            if step % run.save_every == 0 or step == run.steps or stop[0]:
                save_checkpoint(run.folder, step=step, module=module, optimiser=optimiser, average=average)
            if step % run.preview_every == 0 or step == run.steps:
                average.swap(module)
                curve.add(task.watch(batch, step=step), step=step)
                task.preview(run.folder / "previews", step=step)
                average.swap(module)
    curve.close()
    return step
