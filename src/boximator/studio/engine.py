"""What runs jobs: the small interface of all engines, what they are given, and what they tell."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from boximator.scene.problem import Problem
from boximator.studio.wire import Settings


@dataclass(frozen=True, kw_only=True)
class Task:
    """One attempt at a job, with all it needs: it may run on another machine."""

    job: str
    attempt: int
    scene: str
    """The scene as JSON text."""
    settings: Settings
    base: str
    picture: bytes
    """The first picture's file."""
    last_picture: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a job left: its files by name, and what is said of them."""

    files: Mapping[str, bytes]
    frames: int
    width: int
    height: int
    fps: int
    seconds: float
    seen: tuple[Mapping[str, object], ...] | None = None
    """For each track what `boximator.studio.wire.Seen` holds."""


class Cancelled(Exception):  # noqa: N818 - it is a wish, not an error
    """Raised inside a job function at the first step after somebody stopped the job."""


class Watch(Protocol):
    """How a job function says where it is, and hears that it shall stop."""

    def step(self, done: int, *, of: int, preview: bytes | None = None) -> None:
        """Say so many steps are done; `preview` is a small JPEG. Raises Cancelled."""
        ...


JobFunction = Callable[[Task, Watch], Output]
"""Raises Problem for what the user can mend, Cancelled from `watch.step`."""


def load_job(name: str) -> JobFunction:
    """The job function of `package.module:loader`; the loader prepares (weights, say) and returns it."""
    module, _, loader = name.partition(":")
    return getattr(importlib.import_module(module), loader)()


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """So many denoising steps are done."""

    job: str
    attempt: int
    step: int
    steps: int
    preview: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """It is done."""

    job: str
    attempt: int
    output: Output = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Failed:
    """It cannot be done, and would fail again."""

    job: str
    attempt: int
    reason: Problem


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """It was stopped because somebody wished so."""

    job: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Its worker is gone, through no fault that is known to be the job's."""

    job: str
    attempt: int
    how: str


Event = Stepped | Finished | Failed | Stopped | Lost


@dataclass(frozen=True, kw_only=True)
class WorkerState:
    """One worker, for people."""

    device: str
    job: str | None
    ready: bool
    """Its model is loaded."""
    starts: int
    """Times it was started; more than 1: it was lost."""
    process: int | None
    """Its number on this machine, where it runs there."""


class Engine(Protocol):
    """Runs tasks on workers and keeps these alive. It knows neither states nor the database.

    Every task that was begun ends in exactly one of Finished, Failed, Stopped and Lost. Events come from
    threads of the engine's own; None means that a worker has become free.
    """

    name: str

    def open(self, tell: Callable[[Event | None], None]) -> None:
        """Start the workers; `tell` takes what happens."""
        ...

    def free(self) -> int:
        """How many more tasks can begin now."""
        ...

    def begin(self, task: Task) -> None:
        """Run it on a free worker."""
        ...

    def stop(self, job: str) -> None:
        """Stop the job's attempt within one step; nothing if it is over."""
        ...

    def workers(self) -> list[WorkerState]:
        """What the workers do."""
        ...

    def close(self) -> None:
        """End the workers at once; of what they did nothing more is told."""
        ...
