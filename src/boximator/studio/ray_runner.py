"""What runs inside a Ray actor: one job at a time, its steps told as a stream."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator

from boximator.studio.engine import Cancelled, Event, Stepped, Task
from boximator.studio.worker import ended, loaded


class Runner:
    """The actor: one job at a time, and a second thread that hears that it shall stop."""

    def __init__(self, job_function: str) -> None:
        self._run = loaded(job_function)
        self._stopped: set[str] = set()

    def ready(self) -> int:
        """Answers when the model is loaded: with the number of its process."""
        return os.getpid()

    def stop(self, job: str) -> None:
        """End this job at its next step."""
        self._stopped.add(job)

    def run(self, task: Task) -> Iterator[Event]:
        """Runs a task. The last event is the end of it."""
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        watch = _Watch(task, events=events, stopped=self._stopped)
        thread = threading.Thread(target=lambda: events.put(ended(self._run, task, watch)), daemon=True)
        thread.start()
        while True:
            event = events.get()
            yield event
            if not isinstance(event, Stepped):
                return


class _Watch:
    """Puts every step into the stream, and ends the job function when it shall stop."""

    def __init__(self, task: Task, *, events: queue.SimpleQueue[Event], stopped: set[str]) -> None:
        self._task = task
        self._events = events
        self._stopped = stopped

    def step(self, done: int, *, of: int, preview: bytes | None = None) -> None:
        """Raises Cancelled."""
        task = self._task
        if task.job in self._stopped:
            raise Cancelled
        if of:
            self._events.put(
                Stepped(job=task.job, attempt=task.attempt, step=done, steps=of, preview=preview)
            )
