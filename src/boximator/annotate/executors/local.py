"""Processes on this machine, each with one video at a time.

The standard library's pool loses all its work, and whom to blame, when one of its processes is killed; so each process
has a pipe of its own here, and is started anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait

from boximator.annotate.executors.process import Worker
from boximator.annotate.work import Job, Outcome, Work


@dataclass(frozen=True)
class Local:
    """See `boximator.annotate.work.Executor`. ``patience`` is how many seconds one video may take."""

    workers: int = os.cpu_count() or 1
    patience: float = 3600.0

    def run(self, jobs: Iterator[Job], *, work: Work) -> Iterator[tuple[Job, Outcome]]:
        """Raises Problem if a worker cannot load what it needs."""
        workers: list[Worker] = []
        try:
            for job in jobs:
                if len(workers) < self.workers:
                    workers.append(Worker(work))
                    workers[-1].take(job)
                    continue
                free, answered = self._next(workers)
                free.take(job)
                yield answered
            while any(worker.job for worker in workers):
                yield self._next(workers)[1]
        finally:
            for worker in workers:
                worker.stop()

    def _next(self, workers: list[Worker]) -> tuple[Worker, tuple[Job, Outcome]]:
        """The first worker that is free again."""
        busy = [worker for worker in workers if worker.job is not None]
        while True:
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                if worker.pipe in ready:
                    return worker, worker.answer()
                if time.monotonic() - worker.since > self.patience:
                    return worker, worker.overdue()
