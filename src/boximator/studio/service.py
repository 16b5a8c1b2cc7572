"""The studio: its stores, its engine and its broadcast, behind what the routes ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from boximator.studio import wire
from boximator.studio.broadcast import Broadcast
from boximator.studio.dispatcher import Dispatcher
from boximator.studio.engine import Engine
from boximator.studio.job_store import JobStore
from boximator.studio.limits import LIMITS, Limits
from boximator.studio.picture_store import PictureStore
from boximator.studio.proposer import Proposer
from boximator.studio.requests import check_job
from boximator.studio.result_store import ResultStore
from boximator.studio.states import State

FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For what never changes under its address."""

LATEST = 50


@dataclass(frozen=True, eq=False, kw_only=True)
class Studio:
    """One running studio."""

    jobs: JobStore
    pictures: PictureStore
    results: ResultStore
    engine: Engine
    dispatcher: Dispatcher
    broadcast: Broadcast
    limits: Limits = LIMITS
    proposer: Proposer = field(default_factory=Proposer)

    def submit(
        self, request: wire.JobRequest, *, key: str | None, retry_of: str | None = None
    ) -> tuple[wire.JobDetail, bool]:
        """The job of this request, and whether it is a new one."""
        check_job(request, limits=self.limits, pictures=self.pictures)
        job, made = self.jobs.submit(request, key=key, retry_of=retry_of, most_waiting=self.limits.waiting)
        if made:
            self._tell(job)
        return job, made

    def retry(self, job: str, *, key: str | None) -> tuple[wire.JobDetail, bool]:
        """A new job that asks what an ended one asked."""
        return self.submit(self.jobs.asked_again(job), key=key, retry_of=job)

    def cancel(self, job: str) -> wire.Job:
        """Stop a job, whether it waits or runs."""
        now = self.jobs.cancel(job)
        if now.state is State.CANCELLING:
            self.dispatcher.stop(job)
        self.broadcast.publish(now)
        return now

    def reprioritise(self, job: str, *, priority: int) -> wire.Job:
        """Move a waiting job in the queue."""
        now = self.jobs.reprioritise(job, priority=priority)
        self._tell(now)
        return now

    def remove(self, job: str) -> None:
        """Throw an ended job away, and its files."""
        self.jobs.remove(job)
        self.results.remove(job)
        self.broadcast.publish(wire.Removed(id=job))

    async def overview(self) -> wire.JobList:
        """What is not over, and the latest of what is."""
        return await run_in_threadpool(self.jobs.overview, latest=LATEST)

    async def job_now(self, job: str) -> wire.Job:
        """Where a job is."""
        return await run_in_threadpool(self.jobs.summary, job)

    def _tell(self, job: wire.Job) -> None:
        self.broadcast.publish(job)
        self.dispatcher.wake()


def _of(request: Request) -> Studio:
    studio: object = request.app.state.studio
    assert isinstance(studio, Studio), "the app was not started"
    return studio


Service = Annotated[Studio, Depends(_of)]
