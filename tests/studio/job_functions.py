"""Job functions that do what a task's scene text says, in the worker's own process."""

from __future__ import annotations

import os
import signal
import threading

from studio_stand_ins import OUTPUT

from boximator.scene.problem import Problem
from boximator.studio.engine import JobFunction, Output, Task, Watch

MANY = 100_000
"""Steps no test waits for."""


def load() -> JobFunction:
    return _run


def unfit() -> JobFunction:
    raise Problem(given="There are no weights", wanted="Weights", fix="Train them")


def deadly() -> JobFunction:
    """Kills its process before it is ready, until the file named by the environment is there."""
    if not os.path.exists(os.environ["BOXIMATOR_TEST_FILE"]):
        os._exit(3)
    return _run


def told() -> JobFunction:
    """Steps until the file named by the environment is there, and is then done."""

    def run(task: Task, watch: Watch) -> Output:
        del task
        for step in range(MANY):
            if os.path.exists(os.environ["BOXIMATOR_TEST_FILE"]):
                return OUTPUT
            threading.Event().wait(0.05)
            watch.step(step + 1, of=MANY)
        raise AssertionError("nobody told it to go on")

    return run


def _run(task: Task, watch: Watch) -> Output:
    match task.scene:
        case "die":
            watch.step(1, of=8)
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once" if task.attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            watch.step(1, of=8)
            threading.Event().wait()
        case "go on":
            for step in range(MANY):
                threading.Event().wait(0.01)
                watch.step(step + 1, of=MANY)
        case "problem":
            raise Problem(given="The scene is odd", wanted="An even one", fix="Change it")
        case "break":
            raise KeyError("missing")
        case _:
            pass
    for step in range(3):
        watch.step(step + 1, of=3, preview=b"small")
    return OUTPUT
