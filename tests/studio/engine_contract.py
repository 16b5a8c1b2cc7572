"""What both engines promise, as steps a test takes."""

from __future__ import annotations

import os
import queue
import signal

from studio_stand_ins import OUTPUT, PATIENCE

from boximator.studio.engine import Engine, Event, Failed, Finished, Lost, Stepped, Stopped, Task
from boximator.studio.wire import Settings


class Trial:
    """An engine at work, and what it told."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._begun = 0
        self._told: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        engine.open(self._told.put)
        self.ready()

    def ready(self) -> None:
        while not self.engine.free():
            self._told.get(timeout=PATIENCE)

    def next(self) -> Event:
        while (event := self._told.get(timeout=PATIENCE)) is None:
            pass
        return event

    def end(self) -> tuple[Event, list[Stepped]]:
        """How the task ended, and the steps before."""
        steps: list[Stepped] = []
        while isinstance(event := self.next(), Stepped):
            steps.append(event)
        return event, steps

    def begin(self, what: str, *, attempt: int = 1) -> str:
        self.ready()
        return self.begin_unready(what, attempt=attempt)

    def begin_unready(self, what: str, *, attempt: int = 1) -> str:
        self._begun += 1
        job = f"job {self._begun}"
        self.engine.begin(
            Task(job=job, attempt=attempt, scene=what, settings=Settings(), base="pocket", picture=b"")
        )
        return job


def runs_tasks_and_tells_every_step(trial: Trial) -> None:
    for attempt in (1, 2):
        job = trial.begin("run", attempt=attempt)
        end, steps = trial.end()
        assert end == Finished(job=job, attempt=attempt, output=OUTPUT)
        assert [(step.step, step.steps, step.preview) for step in steps] == [
            (n, 3, b"small") for n in (1, 2, 3)
        ]


def says_why_a_task_cannot_be_done(trial: Trial) -> None:
    trial.begin("problem")
    end, _ = trial.end()
    assert isinstance(end, Failed)
    assert end.reason.given == "The scene is odd."
    trial.begin("break")
    end, _ = trial.end()
    assert isinstance(end, Failed)
    assert "KeyError: 'missing'" in end.reason.given
    assert trial.engine.workers()[0].starts == 1


def stops_a_task_at_its_next_step(trial: Trial) -> None:
    job = trial.begin("go on")
    assert isinstance(trial.next(), Stepped)
    trial.engine.stop("another job")
    trial.engine.stop(job)
    trial.engine.stop(job)
    end, _ = trial.end()
    assert end == Stopped(job=job, attempt=1)
    trial.begin("run")
    assert isinstance(trial.end()[0], Finished)
    assert trial.engine.workers()[0].starts == 1


def loses_a_task_with_its_worker_and_has_a_new_worker(trial: Trial) -> None:
    starts = trial.engine.workers()[0].starts
    job = trial.begin("go on")
    assert isinstance(trial.next(), Stepped)
    process = trial.engine.workers()[0].process
    assert process is not None
    os.kill(process, signal.SIGKILL)
    end, _ = trial.end()
    assert isinstance(end, Lost)
    assert (end.job, end.attempt) == (job, 1)
    trial.begin("run")
    assert isinstance(trial.end()[0], Finished)
    assert trial.engine.workers()[0].starts == starts + 1


def kills_a_worker_that_does_not_stop(trial: Trial) -> None:
    """The engine's grace is short."""
    job = trial.begin("hang")
    assert isinstance(trial.next(), Stepped)
    trial.engine.stop(job)
    assert trial.end()[0] == Stopped(job=job, attempt=1)
    trial.begin("run")
    assert isinstance(trial.end()[0], Finished)


CONTRACT = (
    runs_tasks_and_tells_every_step,
    says_why_a_task_cannot_be_done,
    stops_a_task_at_its_next_step,
    loses_a_task_with_its_worker_and_has_a_new_worker,
    kills_a_worker_that_does_not_stop,
)
"""In this order, on one engine."""
