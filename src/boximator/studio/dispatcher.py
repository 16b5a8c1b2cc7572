"""Brings jobs to the engine and news from it into the database: one thread, which alone runs jobs."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from boximator.scene.problem import Problem
from boximator.studio import wire
from boximator.studio.attempts import Attempts
from boximator.studio.broadcast import Change
from boximator.studio.engine import Engine, Event, Failed, Finished, Lost, Stepped, Stopped, Task
from boximator.studio.picture_store import PictureStore
from boximator.studio.result_store import ResultStore
from boximator.studio.tables import JobRow

Outcome = TypeVar("Outcome")

LOG = logging.getLogger(__name__)
PAUSE = 0.5
"""Seconds before something that failed (a database that is away) is tried again."""


@dataclass(frozen=True)
class _Stop:
    """Somebody wishes this job to stop."""

    job: str


class Dispatcher:
    """Begins jobs while the engine has room, and notes what becomes of them."""

    def __init__(
        self,
        attempts: Attempts,
        *,
        engine: Engine,
        pictures: PictureStore,
        results: ResultStore,
        publish: Callable[[Change], None],
    ) -> None:
        self._attempts = attempts
        self._engine = engine
        self._pictures = pictures
        self._results = results
        self._publish = publish
        self._inbox: queue.SimpleQueue[Event | _Stop | None] = queue.SimpleQueue()
        self._claimed: tuple[JobRow, wire.Job] | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def open(self) -> None:
        """Take up what the last server left, and begin."""
        self._attempts.recover()
        self._engine.open(self._inbox.put)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to begin."""
        self._inbox.put(None)

    def stop(self, job: str) -> None:
        """Stop a running job."""
        self._inbox.put(_Stop(job))

    def close(self) -> None:
        """End; what ran will be taken up by the next server."""
        self._closing.set()
        self.wake()
        self._thread.join()
        self._engine.close()
        self._attempts.put_back()

    def _run(self) -> None:
        while not self._closing.is_set():
            # News first: a job that is over in the engine but not yet in the database would be run again if the
            # studio were killed now, and workers may be quicker than this thread.
            if self._inbox.empty() and self._engine.free() > 0 and self._until_it_works(self._begin):
                continue
            self._until_it_works(partial(self._take, self._inbox.get()))

    def _until_it_works(self, action: Callable[[], Outcome]) -> Outcome | None:
        """A job's news may not be lost because the disk is full or the database away for a moment."""
        while not self._closing.is_set():
            try:
                return action()
            except Exception:
                LOG.exception("trying again in %s s", PAUSE)
                self._closing.wait(PAUSE)
        return None

    def _begin(self) -> bool:
        """Begin the first job in the queue; whether there was one."""
        self._claimed = self._claimed or self._attempts.claim()
        if self._claimed is None:
            return False
        row, job = self._claimed
        self._publish(job)
        try:
            task = self._task(row)
        except (Problem, OSError) as error:
            self._tell(self._attempts.failed(row.id, row.attempts, _unreadable(error)))
        else:
            self._engine.begin(task)
        self._claimed = None
        return True

    def _take(self, news: Event | _Stop | None) -> None:
        match news:
            case None:
                return
            case _Stop():
                self._engine.stop(news.job)
            case Stepped():
                if news.preview is not None:
                    self._results.keep_preview(news.job, news.preview)
                self._tell(
                    self._attempts.stepped(
                        news.job,
                        news.attempt,
                        step=news.step,
                        steps=news.steps,
                        preview=news.preview is not None,
                    )
                )
            case Finished():
                self._results.keep(news.job, news.output)
                self._tell(self._attempts.done(news.job, news.attempt, news.output))
            case Failed():
                self._tell(self._attempts.failed(news.job, news.attempt, news.reason))
            case Stopped():
                self._tell(self._attempts.stopped(news.job, news.attempt))
            case Lost():
                self._tell(self._attempts.lost(news.job, news.attempt, how=news.how))

    def _tell(self, job: wire.Job | None) -> None:
        if job is not None:
            self._publish(job)

    def _task(self, row: JobRow) -> Task:
        last = row.last_picture
        return Task(
            job=row.id,
            attempt=row.attempts,
            scene=row.scene,
            settings=wire.Settings.model_validate_json(row.settings),
            base=row.base,
            picture=self._pictures.original(row.picture),
            last_picture=None if last is None else self._pictures.original(last),
        )


def _unreadable(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    return Problem(
        given=f"The job's picture cannot be read: {error}",
        wanted="Pictures stay in the studio's data folder",
        fix="Upload it again",
    )
