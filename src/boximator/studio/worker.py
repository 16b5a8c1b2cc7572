"""The process that runs jobs for the local engine, one after another, until it is killed or its studio is gone."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection

from boximator.scene.problem import Problem
from boximator.studio.engine import (
    Cancelled,
    Event,
    Failed,
    Finished,
    JobFunction,
    Output,
    Stepped,
    Stopped,
    Task,
    Watch,
    load_job,
)


@dataclass(frozen=True)
class Ready:
    """The model is loaded."""


@dataclass(frozen=True)
class Stop:
    """To the worker: end this job at its next step."""

    job: str


def serve(connection: Connection, *, job_function: str, environment: dict[str, str]) -> None:
    """The whole life of a worker process. Every task that comes in is answered by exactly one end of it."""
    os.environ.update(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the studio, which ends its workers itself
    desk = _Desk(connection)
    threading.Thread(target=desk.hear, daemon=True).start()
    run = loaded(job_function)
    desk.say(Ready())
    while True:
        task = desk.tasks.get()
        desk.say(ended(run, task, _Watch(desk, task)))


def ended(run: JobFunction, task: Task, watch: Watch) -> Event:
    """Runs a task; what became of it."""
    try:
        watch.step(0, of=0)
        output: Output = run(task, watch)
    except Cancelled:
        return Stopped(job=task.job, attempt=task.attempt)
    except Problem as problem:
        return Failed(job=task.job, attempt=task.attempt, reason=problem)
    except Exception as error:  # the worker lives on; the person sees why
        traceback.print_exc()
        return Failed(job=task.job, attempt=task.attempt, reason=_broken(error))
    return Finished(job=task.job, attempt=task.attempt, output=output)


class _Desk:
    """The worker's side of the connection."""

    def __init__(self, connection: Connection) -> None:
        self.tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self.stopped: set[str] = set()
        self._connection = connection

    def hear(self) -> None:
        """Takes what comes in; when the studio is gone, so is this process, in the middle of a step."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                message: Task | Stop = self._connection.recv()
                if isinstance(message, Stop):
                    self.stopped.add(message.job)
                else:
                    self.tasks.put(message)
        os._exit(0)

    def say(self, message: Event | Ready) -> None:
        """Sends it home."""
        try:
            self._connection.send(message)
        except OSError:
            os._exit(0)


class _Watch:
    """Tells the studio of every step, and ends the job function when it shall stop."""

    def __init__(self, desk: _Desk, task: Task) -> None:
        self._desk = desk
        self._task = task

    def step(self, done: int, *, of: int, preview: bytes | None = None) -> None:
        """Raises Cancelled."""
        if self._task.job in self._desk.stopped:
            raise Cancelled
        if of:
            task = self._task
            self._desk.say(Stepped(job=task.job, attempt=task.attempt, step=done, steps=of, preview=preview))


def loaded(name: str) -> JobFunction:
    """The job function; where it cannot be loaded one that says why, to every job."""
    try:
        return load_job(name)
    except Exception as error:
        traceback.print_exc()
        sys.stderr.flush()
        reason = error if isinstance(error, Problem) else _broken(error)

    def refuse(_task: Task, _watch: Watch) -> Output:
        raise reason

    return refuse


def _broken(error: Exception) -> Problem:
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return Problem(
        given=f"The generation broke ({words[:300]})",
        wanted="This is a fault of the program, not of the scene",
        fix="Try it again; the studio's terminal shows where it happened",
    )
