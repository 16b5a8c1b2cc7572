"""Processes on this machine, each with one video at a time: if one dies, it is known on which video.

The standard library's pool loses all its work, and whom to blame, when one of its processes is killed; so each process
has a pipe of its own here, and is started anew.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from boximator.annotate.work import Failed, Job, Outcome, Work, attempted
from boximator.scene.problem import Problem

CONTEXT = multiprocessing.get_context("spawn")


@dataclass(eq=False)
class Worker:
    """A process, its pipe, and what it works on since when."""

    work: Work
    pipe: Connection = field(init=False)
    process: Any = field(init=False)
    job: Job | None = None
    since: float = 0.0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process."""
        self.pipe, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=serve, args=(theirs, self.work), daemon=True)
        self.process.start()
        theirs.close()

    def take(self, job: Job) -> None:
        """Give it a video."""
        self.job, self.since = job, time.monotonic()
        with contextlib.suppress(OSError):  # it has died: that is found when its answer is asked for
            self.pipe.send(job)

    def stop(self) -> None:
        """At once. What it was writing is not in the ledger, and is removed by the next run."""
        self.pipe.close()
        self.process.kill()
        self.process.join()

    def answer(self) -> tuple[Job, Outcome]:
        """What came back; if the process is dead, that, and there is a new one."""
        job = self.job
        assert job is not None
        self.job = None
        try:
            outcome: Outcome | Problem = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            code = self.process.exitcode
            self.stop()
            self.start()
            how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
            return job, Failed(f"The process that worked on it died ({how}).")
        if isinstance(outcome, Problem):
            raise outcome
        return job, outcome

    def overdue(self) -> tuple[Job, Outcome]:
        """Kill it, since it takes too long."""
        job = self.job
        assert job is not None
        self.job = None
        seconds = time.monotonic() - self.since
        self.stop()
        self.start()
        return job, Failed(f"It was worked on for {seconds:.0f} seconds without an end.")


def serve(pipe: Connection, work: Work) -> None:
    """What a process does until its driver is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver stops it
    with contextlib.suppress(EOFError, OSError):
        annotate = None
        while True:
            job = pipe.recv()
            try:
                annotate = annotate or work.opened()
            except Problem as problem:
                pipe.send(problem)
                return
            pipe.send(attempted(annotate, job))


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
