"""The local engine: worker processes of this machine, one for each device, started anew whenever they die."""

from __future__ import annotations

import contextlib
import glob
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from boximator.studio.engine import Event, Lost, Stepped, Stopped, Task, WorkerState
from boximator.studio.worker import Ready, Stop, serve

GRACE = 30.0
"""Seconds after which a job that was to stop is killed with its process: no step takes so long."""

LONGEST_PAUSE = 10.0
"""Seconds between two starts of a process that dies before it is ready."""

Tell = Callable[[Event | None], None]


class LocalEngine:
    """See `boximator.studio.engine.Engine`."""

    name = "local"

    def __init__(self, *, job_function: str, devices: tuple[str, ...], grace: float = GRACE) -> None:
        self._supervisors = [Supervisor(job_function, device=device, grace=grace) for device in devices]

    def open(self, tell: Tell) -> None:
        for supervisor in self._supervisors:
            supervisor.open(tell)

    def free(self) -> int:
        return sum(supervisor.is_free for supervisor in self._supervisors)

    def begin(self, task: Task) -> None:
        ready = sorted(self._supervisors, key=lambda supervisor: not supervisor.is_free)
        next(supervisor for supervisor in ready if supervisor.task is None).begin(task)

    def stop(self, job: str) -> None:
        for supervisor in self._supervisors:
            supervisor.stop(job)

    def workers(self) -> list[WorkerState]:
        return [supervisor.state for supervisor in self._supervisors]

    def close(self) -> None:
        for supervisor in self._supervisors:
            supervisor.close()


def local_devices() -> tuple[str, ...]:
    """The names of this machine's devices: its NVIDIA cards as far as they are to be seen, else its processor."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        cards = [name.strip() for name in named.split(",") if name.strip() not in {"", "-1"}]
    else:
        cards = sorted(path.removeprefix("/dev/nvidia") for path in glob.glob("/dev/nvidia[0-9]*"))
    return tuple(f"cuda:{card}" for card in cards) or ("cpu",)


class Supervisor:
    """One worker process and the thread that listens to it."""

    def __init__(self, job_function: str, *, device: str, grace: float) -> None:
        self.task: Task | None = None
        self._job_function = job_function
        self._device = device
        self._grace = grace
        self._lock = threading.RLock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._ready = self._sent = self._stopping = False
        self._starts = 0
        self._closing = threading.Event()
        self._tell: Tell = lambda event: None
        self._thread = threading.Thread(target=self._run, name=f"worker {device}", daemon=True)

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
            process=None if self._process is None else self._process.pid,
        )

    def open(self, tell: Tell) -> None:
        self._tell = tell
        self._thread.start()

    def begin(self, task: Task) -> None:
        """Run it now, or as soon as there is a process again."""
        with self._lock:
            assert self.task is None, "one task at a time"
            self.task, self._sent, self._stopping = task, False, False
            if self._ready:
                self._send()

    def stop(self, job: str) -> None:
        """Stop it at its next step; kill the process if none comes in time."""
        with self._lock:
            task = self.task
            if task is None or task.job != job or self._stopping:
                return
            self._stopping = True
            if not self._sent:
                self._over(Stopped(job=job, attempt=task.attempt))
                return
            with contextlib.suppress(OSError):  # it died just now; its thread will notice
                self._open_connection.send(Stop(job))
        timer = threading.Timer(self._grace, self._kill, [task])
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            if self._process is not None:
                self._process.kill()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def _open_connection(self) -> Connection:
        assert self._connection is not None
        return self._connection

    def _run(self) -> None:
        pause = 0.1
        while not self._closing.is_set():
            was_ready = self._live()
            pause = 0.1 if was_ready else min(2 * pause, LONGEST_PAUSE)
            self._closing.wait(pause)

    def _live(self) -> bool:
        """One process from its start to its end; whether it ever was ready."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        device = self._device.removeprefix("cuda:")
        process = context.Process(
            target=serve,
            args=(theirs,),
            kwargs={
                "job_function": self._job_function,
                "environment": {} if device == self._device else {"CUDA_VISIBLE_DEVICES": device},
            },
            daemon=True,
        )
        with self._lock:
            if self._closing.is_set():
                return False
            process.start()
            theirs.close()
            self._process, self._connection = process, ours
            self._starts += 1
        was_ready = self._listen(ours)
        process.join()
        self._gone(process)
        return was_ready

    def _listen(self, connection: Connection) -> bool:
        """Takes what the process says until it is gone."""
        ready = False
        with contextlib.suppress(EOFError, OSError):
            while True:
                message: Event | Ready = connection.recv()
                if isinstance(message, Ready):
                    ready = True
                    self._is_ready()
                elif isinstance(message, Stepped):
                    self._tell(message)
                else:
                    self._over(message)
        return ready

    def _is_ready(self) -> None:
        with self._lock:
            self._ready = True
            if self.task is not None:
                self._send()
        self._tell(None)

    def _send(self) -> None:
        self._sent = True
        with contextlib.suppress(OSError):  # it died just now; its thread will notice
            self._open_connection.send(self.task)

    def _over(self, event: Event) -> None:
        """The task has come to an end."""
        with self._lock:
            self.task = None
        self._tell(event)

    def _kill(self, task: Task) -> None:
        with self._lock:
            if self.task is task and self._process is not None:
                self._process.kill()

    def _gone(self, process: BaseProcess) -> None:
        """The process has ended, with a task in its hands or without."""
        with self._lock:
            self._ready = False
            task, stopping = self.task, self._stopping
            self._open_connection.close()
            if task is None or not self._sent or self._closing.is_set():
                return
        if stopping:
            self._over(Stopped(job=task.job, attempt=task.attempt))
        else:
            self._over(Lost(job=task.job, attempt=task.attempt, how=_how(process.exitcode)))


def _how(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"The worker process was killed by {signal.Signals(-code).name}"
    return f"The worker process ended with code {code}"
