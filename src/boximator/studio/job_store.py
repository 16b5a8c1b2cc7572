"""Jobs in the database. Every change of state is one statement that says from which states it may come.

So two clients, the dispatcher and a second process may try what they like at once: of two changes that exclude
each other, one finds no row and tells so.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from boximator.scene.wire import scene_from_text
from boximator.studio import wire
from boximator.studio.job_wire import detail_of, request_values, summary_of
from boximator.studio.refusals import Refused, conflict, missing
from boximator.studio.states import ACTIVE, ENDED, State, preceding
from boximator.studio.tables import JobRow


class JobStore:
    """What clients may do with jobs; `boximator.studio.attempts` has what running them does."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def submit(
        self, request: wire.JobRequest, *, key: str | None, retry_of: str | None, most_waiting: int
    ) -> tuple[wire.JobDetail, bool]:
        """The job of this request and whether it is new: a key that was used before answers with its job.

        Raises:
            Problem: the key was used for something else (409), or the queue is full (429).
        """
        values = request_values(request)
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        if key is not None and (known := self._of_key(key, digest=digest)) is not None:
            return known, False
        self._check_room(most_waiting)
        values |= {
            "id": secrets.token_urlsafe(16),
            "key": key,
            "digest": digest,
            "state": State.QUEUED.value,
            "retry_of": retry_of,
            "created": time.time(),
        }
        try:
            with Session(self._database) as session, session.begin():
                row = session.scalars(insert(JobRow).returning(JobRow), [values]).one()
                return detail_of(row), True
        except IntegrityError:  # the same key, at the same moment
            known = None if key is None else self._of_key(key, digest=digest)
            if known is None:
                raise
            return known, False

    def summary(self, job: str) -> wire.Job:
        """A job without its scene; a Problem (404) if there is none."""
        with Session(self._database) as session:
            return summary_of(_found(session, job))

    def detail(self, job: str) -> wire.JobDetail:
        """A job with its scene; a Problem (404) if there is none."""
        with Session(self._database) as session:
            return detail_of(_found(session, job))

    def page(self, *, states: Iterable[State] | None, limit: int, before: int | None) -> wire.JobList:
        """Jobs, newest first."""
        query = select(JobRow).order_by(JobRow.number.desc()).limit(limit + 1)
        if states is not None:
            query = query.where(JobRow.state.in_([state.value for state in states]))
        if before is not None:
            query = query.where(JobRow.number < before)
        with Session(self._database) as session:
            rows = session.scalars(query).all()
            following = str(rows[limit - 1].number) if len(rows) > limit else None
            return wire.JobList(jobs=[summary_of(row) for row in rows[:limit]], next=following)

    def overview(self, *, latest: int) -> wire.JobList:
        """All jobs that are not over, and the latest of those that are; newest first."""
        with Session(self._database) as session:
            over = JobRow.state.in_([state.value for state in ENDED])
            newest = JobRow.number.desc()
            ended = session.scalars(select(JobRow).where(over).order_by(newest).limit(latest)).all()
            others = session.scalars(select(JobRow).where(~over)).all()
            rows = sorted([*ended, *others], key=lambda row: -row.number)
            return wire.JobList(jobs=[summary_of(row) for row in rows], next=None)

    def counts(self) -> tuple[int, int]:
        """How many wait, and how many run."""
        query = select(JobRow.state, func.count()).group_by(JobRow.state)
        with Session(self._database) as session:
            found = {row[0]: row[1] for row in session.execute(query)}
        return found.get(State.QUEUED, 0), sum(found.get(state, 0) for state in ACTIVE)

    def asked_again(self, job: str) -> wire.JobRequest:
        """What an ended job asked, to be asked again."""
        with Session(self._database) as session:
            row = _found(session, job)
            if row.state not in ENDED:
                raise conflict(
                    f"This job is {row.state}",
                    wanted="A job that is over can be tried again",
                    fix="Wait for its end, or cancel it first",
                )
            return wire.JobRequest(
                scene=scene_from_text(row.scene),
                settings=wire.Settings.model_validate_json(row.settings),
                base="pocket",
                priority=row.priority,
            )

    def cancel(self, job: str) -> wire.Job:
        """Cancelled if it waited, cancelling if it runs; as it is if it is so already.

        Raises:
            Problem: no such job (404), or it is done or failed (409).
        """
        at_once = self._move(job, State.CANCELLED, from_=[State.QUEUED], ended=time.time())
        now = at_once or self._move(job, State.CANCELLING, from_=[State.RUNNING]) or self.summary(job)
        if now.state in {State.DONE, State.FAILED}:
            raise conflict(
                f"This job is {now.state.value}",
                wanted="A job can be cancelled until it is over",
                fix="Remove it if it is not wanted (DELETE)",
            )
        return now

    def reprioritise(self, job: str, *, priority: int) -> wire.Job:
        """Move a waiting job. Raises Problem: no such job (404), or it waits no more (409)."""
        moved = self._move(job, State.QUEUED, from_=[State.QUEUED], priority=priority)
        if moved is None:
            raise conflict(
                f"This job is {self.summary(job).state.value}",
                wanted="A job has a place in the queue while it is queued",
                fix="Leave it, or cancel it",
            )
        return moved

    def remove(self, job: str) -> None:
        """Forget an ended job. Raises Problem: no such job (404), or it is not over (409)."""
        over = JobRow.state.in_([state.value for state in ENDED])
        with self._database.begin() as connection:
            gone = connection.execute(delete(JobRow).where(JobRow.id == job, over)).rowcount
        if not gone:
            raise conflict(
                f"This job is {self.summary(job).state.value}",
                wanted="A job can be removed when it is over",
                fix="Cancel it first",
            )

    def _move(self, job: str, state: State, *, from_: Sequence[State], **values: Any) -> wire.Job | None:
        """One change of state; None if the job is in none of these states."""
        assert state in from_ or preceding(state).issuperset(from_)
        change = update(JobRow).where(JobRow.id == job, JobRow.state.in_([s.value for s in from_]))
        with Session(self._database) as session, session.begin():
            row = session.scalars(
                change.values(state=state.value, revision=JobRow.revision + 1, **values).returning(JobRow)
            ).one_or_none()
            return None if row is None else summary_of(row)

    def _of_key(self, key: str, *, digest: str) -> wire.JobDetail | None:
        with Session(self._database) as session:
            row = session.scalar(select(JobRow).where(JobRow.key == key))
            if row is None:
                return None
            if row.digest != digest:
                raise conflict(
                    "This Idempotency-Key came before, with another request",
                    wanted="One key for one wish",
                    fix="Draw a new key for a new wish",
                )
            return detail_of(row)

    def _check_room(self, most: int) -> None:
        if self.counts()[0] >= most:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                given=f"{most} jobs wait already",
                wanted="The queue has an end",
                fix="Wait until some are done, or cancel some",
            )


def _found(session: Session, job: str) -> JobRow:
    row = session.scalar(select(JobRow).where(JobRow.id == job))
    if row is None:
        raise missing(
            "There is no job of this id",
            wanted="An id that POST /api/v1/jobs answered with, of a job that was not removed",
            fix="See GET /api/v1/jobs",
        )
    return row
