"""The ray engine: the same job functions on Ray actors, on this machine or on a cluster.

Where actors live, which devices they hold, and that they are started anew when they die is Ray's own doing. A task
is one call that streams its events back; what a job leaves comes as its last event, through Ray's object store.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

import ray
from ray.exceptions import RayError

from boximator.cluster import connect
from boximator.scene.problem import Problem
from boximator.studio.engine import Event, Lost, Stepped, Stopped, Task, WorkerState
from boximator.studio.ray_runner import Runner

GRACE = 30.0
"""Seconds after which an actor that does not stop a job is killed; Ray starts it anew."""

ROUND = 2.0
"""Seconds between two looks at whether a Ray of our own is still there."""

Tell = Callable[[Event | None], None]


class RayEngine:
    """See `boximator.studio.engine.Engine`."""

    name = "ray"

    def __init__(
        self, *, job_function: str, workers: int | None, address: str | None, grace: float = GRACE
    ) -> None:
        self._job_function = job_function
        self._count = workers
        self._address = address
        self._grace = grace
        self._actors: list[Actor] = []
        self._closing = threading.Event()
        self._guard: threading.Thread | None = None

    def open(self, tell: Tell) -> None:
        """Connect to the cluster at the address, or start a Ray of our own.

        A cluster mends itself; a Ray of our own has one node, which is started anew when it dies.

        Raises:
            Problem: there is no cluster at the address.
        """
        self._start(tell)
        if self._address is None:
            self._guard = threading.Thread(target=self._watch, args=[tell], name="ray guard", daemon=True)
            self._guard.start()

    def _watch(self, tell: Tell) -> None:
        while not self._closing.wait(ROUND):
            if not _node_lives():
                self._end()
                with contextlib.suppress(Problem):  # tried again in the next round
                    self._start(tell)

    def _start(self, tell: Tell) -> None:
        cpus = max(self._count or 1, os.cpu_count() or 1)
        connect(self._address, log_to_driver=True, num_cpus=cpus)
        cards = int(ray.cluster_resources().get("GPU", 0))
        self._actors = [
            Actor(self._job_function, number=number, on_card=cards > 0, grace=self._grace)
            for number in range(self._count or cards or 1)
        ]
        for actor in self._actors:
            actor.open(tell)

    def free(self) -> int:
        return sum(actor.is_free for actor in self._actors)

    def begin(self, task: Task) -> None:
        ready = sorted(self._actors, key=lambda actor: not actor.is_free)
        next(actor for actor in ready if actor.task is None).begin(task)

    def stop(self, job: str) -> None:
        for actor in self._actors:
            actor.stop(job)

    def workers(self) -> list[WorkerState]:
        return [actor.state for actor in self._actors]

    def close(self) -> None:
        self._closing.set()
        if self._guard is not None:
            self._guard.join()
        self._end()

    def _end(self) -> None:
        for actor in self._actors:
            actor.close()
        self._actors = []
        ray.shutdown()


def _node_lives() -> bool:
    try:
        return any(node["Alive"] for node in ray.nodes())
    except (ConnectionError, RayError):
        return False


class Actor:
    """One Ray actor and the thread that follows its stream."""

    def __init__(self, job_function: str, *, number: int, on_card: bool, grace: float) -> None:
        self.task: Task | None = None
        self._grace = grace
        self._device = f"ray:{'gpu' if on_card else 'cpu'}:{number}"
        options: dict[str, Any] = {"num_gpus": 1} if on_card else {"num_cpus": 1}
        remote: Any = ray.remote(Runner)
        self._handle: Any = remote.options(max_restarts=-1, max_concurrency=2, **options).remote(job_function)
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._process: int | None = None
        self._starts = 0
        self._stopping = False
        self._ready = False
        self._closing = threading.Event()
        self._tell: Tell = lambda event: None
        self._thread = threading.Thread(target=self._live, name=self._device, daemon=True)

    @property
    def is_free(self) -> bool:
        return self._ready and self.task is None

    @property
    def state(self) -> WorkerState:
        task = self.task
        return WorkerState(
            device=self._device,
            job=None if task is None else task.job,
            ready=self._ready,
            starts=self._starts,
            process=self._process,
        )

    def open(self, tell: Tell) -> None:
        self._tell = tell
        self._thread.start()

    def begin(self, task: Task) -> None:
        self.task, self._stopping = task, False
        self._tasks.put(task)

    def stop(self, job: str) -> None:
        """Stop it at its next step; kill the actor if none comes in time."""
        task = self.task
        if task is None or task.job != job or self._stopping:
            return
        self._stopping = True
        self._handle.stop.remote(job)
        timer = threading.Timer(self._grace, self._kill, [task])
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        self._closing.set()
        self._tasks.put(None)
        with contextlib.suppress(RayError, ValueError):
            ray.kill(self._handle)
        self._thread.join()

    def _live(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(RayError):
                # This call, unlike the others, waits through restarts.
                process = self._handle.ready.options(max_task_retries=-1).remote()
                while not ray.wait([process], timeout=ROUND)[0]:
                    if self._closing.is_set():
                        return
                self._process = ray.get(process)
                self._starts += 1
                self._ready = True
                self._tell(None)
                self._work()
            self._ready = False

    def _work(self) -> None:
        """One task after another, until the actor dies."""
        while (task := self._tasks.get()) is not None:
            try:
                for reference in self._handle.run.options(num_returns="streaming").remote(task):
                    event: Event = ray.get(reference)
                    self._tell(event) if isinstance(event, Stepped) else self._over(event)
            except RayError:  # the actor died, or what it left was lost on the way
                self._ready = False
                self._gone(task)
                return

    def _over(self, event: Event) -> None:
        self.task = None
        self._tell(event)

    def _gone(self, task: Task) -> None:
        if self._closing.is_set():
            return
        if self._stopping:
            self._over(Stopped(job=task.job, attempt=task.attempt))
        else:
            self._over(Lost(job=task.job, attempt=task.attempt, how="The Ray actor that ran it was lost"))

    def _kill(self, task: Task) -> None:
        if self.task is task:
            with contextlib.suppress(RayError):
                ray.kill(self._handle, no_restart=False)
