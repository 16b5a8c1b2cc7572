"""What happens to jobs, as it happens (server-sent events)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from boximator.studio import wire
from boximator.studio.broadcast import Change
from boximator.studio.routes.jobs import JobId
from boximator.studio.service import Service
from boximator.studio.states import ENDED

router = APIRouter(tags=["events"])


def _existing(job: JobId, studio: Service) -> str:
    """Looked up before the stream begins: after that it is too late for a 404."""
    return studio.jobs.summary(job).id


Existing = Annotated[str, Depends(_existing)]

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `jobs` (once, first: JobList of what is not over and the latest 50), "
        "`job` (Job, whole, at every change) and `removed` (Removed). No event is needed to understand "
        "a later one, so a client that lost the connection only connects again.",
    }
}


@router.get("/events", response_class=EventSourceResponse, responses=STREAM)
async def everything(studio: Service) -> AsyncIterator[ServerSentEvent]:
    """All jobs: first where they are, then every change."""
    with studio.broadcast.listen() as changes:
        yield ServerSentEvent(event="jobs", data=await studio.overview(), retry=1000)
        async for change in changes:
            yield _event(change)


@router.get("/jobs/{job}/events", response_class=EventSourceResponse, responses=STREAM)
async def of_one(job: Existing, studio: Service) -> AsyncIterator[ServerSentEvent]:
    """One job: first where it is, then every change; the stream ends when the job has ended."""
    with studio.broadcast.listen(job=job) as changes:
        now = await studio.job_now(job)
        yield ServerSentEvent(event="job", data=now, retry=1000)
        if now.state in ENDED:
            return
        async for change in changes:
            yield _event(change)
            if isinstance(change, wire.Removed) or change.state in ENDED:
                return


def _event(change: Change) -> ServerSentEvent:
    return ServerSentEvent(event="removed" if isinstance(change, wire.Removed) else "job", data=change)
