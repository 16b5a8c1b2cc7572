"""Held-out clips measured by several processes side by side; the numbers are those of one process."""

from __future__ import annotations

import multiprocessing
from collections.abc import Generator as Yields
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from typing import Protocol

from boximator.evaluation.engines import Chosen, generator
from boximator.evaluation.generator import Generator, Progress
from boximator.evaluation.rows import Ledger, Rows
from boximator.evaluation.suite import HeldOut, clip_rows, heldout_clip, seeds


@cache
def _generator(chosen: Chosen) -> Generator:
    """Once per process."""
    return generator(chosen)


class Task(Protocol):
    """What a process does with one clip: measure it, on one thread, for the cores are for other clips."""

    def __call__(self, seed: int, *, chosen: Chosen, size: tuple[int, int]) -> tuple[int, Rows]: ...


def measure(seed: int, *, chosen: Chosen, size: tuple[int, int]) -> tuple[int, Rows]:
    """Make one clip again and measure it without and with boxes."""
    on_one_thread()
    return seed, clip_rows(heldout_clip(seed, size=size), generator=_generator(chosen))


def on_one_thread() -> None:
    """This whole process."""
    import cv2
    import torch

    cv2.setNumThreads(0)
    torch.set_num_threads(1)


@contextmanager
def _workers(count: int) -> Yields[ProcessPoolExecutor]:
    """Processes that are not waited for when something goes wrong here (Ctrl-C, say)."""
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def run(
    suite: HeldOut,
    *,
    chosen: Chosen,
    workers: int,
    ledger: Ledger,
    progress: Progress,
    task: Task = measure,
) -> list[Rows]:
    """As `suite.run`, by ``workers`` processes; every finished clip goes to the ledger at once."""
    progress(0, suite.clips)
    with _workers(workers) as pool:
        wanted: list[int] = []
        running: list[Future[tuple[int, Rows]]] = []
        for seed, _ in seeds(suite):
            wanted.append(seed)
            if seed not in ledger.done:
                running.append(pool.submit(task, seed, chosen=chosen, size=suite.size))
        for done in as_completed(running):
            seed, rows = done.result()
            ledger.add(seed, rows=rows)
            progress(len(ledger.done), suite.clips)
    return [ledger.done[seed] for seed in wanted]
