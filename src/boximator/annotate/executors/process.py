"""A process with one video at a time, and a pipe to it: if it dies, it is known on which video, and why."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
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
        """What came back; if the process is dead, that, and there is a new one.

        Raises:
            Problem: it cannot load what it needs.
        """
        job = self._left()
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
        seconds = time.monotonic() - self.since
        self.stop()
        self.start()
        return self._left(), Failed(f"It was worked on for {seconds:.0f} seconds without an end.")

    def worked(self, job: Job, *, patience: float) -> Outcome:
        """Take a video and wait for what becomes of it.

        Raises:
            Problem: as `answer`.
        """
        self.take(job)
        return (self.answer() if wait([self.pipe], timeout=patience) else self.overdue())[1]

    def _left(self) -> Job:
        job, self.job = self.job, None
        assert job is not None
        return job


def serve(pipe: Connection, work: Work) -> None:
    """What a process does until its driver is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver stops it
    threading.Thread(target=_follow_parent, daemon=True).start()
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


def _follow_parent() -> None:
    """End in the midst of a video if the parent is killed: nobody will take what comes of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
