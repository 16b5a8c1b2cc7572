"""Jobs: given in, looked at, stopped, tried again, moved in the queue, thrown away."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from boximator.studio import wire
from boximator.studio.service import Service
from boximator.studio.states import State

router = APIRouter(prefix="/jobs", tags=["jobs"])

JobId = Annotated[str, Path(pattern=wire.ID_PATTERN)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=wire.KEY_PATTERN,
        description="The same key again answers with the same job (200) and makes no second one.",
    ),
]
AGAIN = {200: {"model": wire.JobDetail, "description": "The key was used before: its job."}}


@router.post("", status_code=HTTPStatus.CREATED, responses={**AGAIN})
def submit(request: wire.JobRequest, response: Response, studio: Service, key: Key = None) -> wire.JobDetail:
    """Queue a scene. Idempotent with an `Idempotency-Key`: 409 if the key came with another scene."""
    job, made = studio.submit(request, key=key)
    response.status_code = HTTPStatus.CREATED if made else HTTPStatus.OK
    return job


@router.get("")
def page(
    studio: Service,
    state: Annotated[list[State] | None, Query(description="Only these; may be repeated.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$", description="`next` of a page.")] = None,
) -> wire.JobList:
    """Jobs, newest first, in pages."""
    return studio.jobs.page(states=state, limit=limit, before=None if before is None else int(before))


@router.get("/{job}")
def about(job: JobId, studio: Service) -> wire.JobDetail:
    """A job with its scene and settings."""
    return studio.jobs.detail(job)


@router.post("/{job}/cancel")
def cancel(job: JobId, studio: Service) -> wire.Job:
    """Stop it: at once if it waits, within one denoising step if it runs. 409 if it is done or failed."""
    return studio.cancel(job)


@router.post("/{job}/retry", status_code=HTTPStatus.CREATED, responses={**AGAIN})
def retry(job: JobId, response: Response, studio: Service, key: Key = None) -> wire.JobDetail:
    """A new job that asks the same as one that failed, was cancelled or is done."""
    again, made = studio.retry(job, key=key)
    response.status_code = HTTPStatus.CREATED if made else HTTPStatus.OK
    return again


@router.patch("/{job}")
def reprioritise(job: JobId, change: wire.PriorityChange, studio: Service) -> wire.Job:
    """Give it another place in the queue. 409 if it waits no more."""
    return studio.reprioritise(job, priority=change.priority)


@router.delete("/{job}", status_code=HTTPStatus.NO_CONTENT)
def remove(job: JobId, studio: Service) -> None:
    """Throw away a job that has ended, with its files. 409 if it has not."""
    studio.remove(job)
