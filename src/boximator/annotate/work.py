"""What goes to a worker, and what comes back: names and numbers, never frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from boximator.annotate.captions import Captions
from boximator.annotate.settings import Settings
from boximator.data.dataset.index import Row
from boximator.data.dataset.licences import Permission


@dataclass(frozen=True)
class Job:
    """A video to annotate."""

    id: int
    path: str
    permission: Permission


@dataclass(frozen=True)
class Done:
    """A video that was annotated.

    Attributes:
        sha256: of the file.
        notes: what was unusual.
        part: name of the tar with its clips; empty if none was kept.
        rows: of the clips; offsets are those in the part.
        dropped: how many clips were not kept, by reason.
    """

    sha256: str
    notes: tuple[str, ...] = ()
    part: str = ""
    rows: tuple[Row, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True)
class Failed:
    """A video that was not, this time; ``fatal``: no other will be either (a full disk)."""

    reason: str
    fatal: bool = False


Outcome = Done | Failed


@dataclass(frozen=True)
class Work:
    """How to make a worker: pickled, sent to its process, opened there. ``folder`` is where it leaves parts."""

    settings: Settings
    captions: Captions
    folder: Path

    def opened(self) -> Callable[[Job], Done]:
        """A worker: loads the detector.

        Raises:
            Problem: it cannot be loaded.
        """
        from boximator.annotate.annotator import Annotator

        return Annotator(settings=self.settings, captions=self.captions, folder=self.folder)


class Executor(Protocol):
    """Where the work is done. A job comes back once, in any order; what a dead process worked on comes as `Failed`."""

    def run(self, jobs: Iterator[Job], *, work: Work) -> Iterator[tuple[Job, Outcome]]:
        """Take jobs as there is room, give outcomes as they come."""
        ...


def attempted(annotate: Callable[[Job], Done], job: Job) -> Outcome:
    """Run a job; whatever it raises becomes words. A full disk is nobody's fault but the disk's."""
    import errno

    from boximator.scene.problem import Problem

    full = (errno.ENOSPC, errno.EDQUOT)
    try:
        return annotate(job)
    except Problem as problem:
        cause = problem.__cause__
        return Failed(str(problem), fatal=isinstance(cause, OSError) and cause.errno in full)
    except OSError as error:
        return Failed(f"{type(error).__name__}: {error}", fatal=error.errno in full)
    except Exception as error:
        return Failed(f"{type(error).__name__}: {error}")
