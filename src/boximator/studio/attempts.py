"""What running a job does to it. Of an attempt that is not the job's latest, nothing counts any more."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import ColumnElement, Engine, case, or_, select, update
from sqlalchemy.orm import Session

from boximator.scene.problem import Fault, Problem
from boximator.studio import wire
from boximator.studio.engine import Output
from boximator.studio.job_wire import ADDRESS, summary_of
from boximator.studio.refusals import wire_fault
from boximator.studio.states import ACTIVE, State, preceding
from boximator.studio.tables import JobRow

MOST_ATTEMPTS = 2
"""A job whose worker was lost is run once more: perhaps it is what kills them."""


class Attempts:
    """What the dispatcher does with jobs."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def claim(self) -> tuple[JobRow, wire.Job] | None:
        """Begin the first job in the queue; None if none waits."""
        first = (
            select(JobRow.number)
            .where(JobRow.state == State.QUEUED.value)
            .order_by(JobRow.priority.desc(), JobRow.number)
            .limit(1)
        )
        while True:
            with Session(self._database, expire_on_commit=False) as session, session.begin():
                number = session.scalar(first)
                if number is None:
                    return None
                row = session.scalars(
                    update(JobRow)
                    .where(JobRow.number == number, JobRow.state == State.QUEUED.value)
                    .values(
                        state=State.RUNNING.value,
                        revision=JobRow.revision + 1,
                        attempts=JobRow.attempts + 1,
                        started=time.time(),
                        step=0,
                        steps=0,
                        previewed=0,
                    )
                    .returning(JobRow)
                ).one_or_none()
                if row is not None:  # else it was cancelled just now
                    return row, summary_of(row)

    def stepped(self, job: str, attempt: int, *, step: int, steps: int, preview: bool) -> wire.Job | None:
        """Note how far it is."""
        values: dict[str, Any] = {"step": step, "steps": steps} | ({"previewed": step} if preview else {})
        return self._change(job, attempt, JobRow.state.in_(_names(*ACTIVE)), values)

    def done(self, job: str, attempt: int, output: Output) -> wire.Job | None:
        """It has a result."""
        address = ADDRESS.format(job=job)
        result = wire.Result(
            frames=output.frames,
            width=output.width,
            height=output.height,
            fps=output.fps,
            seconds=output.seconds,
            frame=f"{address}/frames/{{index}}",
            downloads=wire.Downloads.model_validate(
                {kind: f"{address}/downloads/{kind}" for kind in ("mp4", "gif", "json")}
            ),
            seen=None if output.seen is None else [wire.Seen.model_validate(seen) for seen in output.seen],
        )
        return self._end(
            job, attempt, State.DONE, {"result": result.model_dump_json(by_alias=True), "previewed": 0}
        )

    def failed(self, job: str, attempt: int, reason: Problem) -> wire.Job | None:
        """It cannot be done."""
        return self._end(job, attempt, State.FAILED, {"reason": _written(reason)})

    def stopped(self, job: str, attempt: int) -> wire.Job | None:
        """It was stopped as somebody wished."""
        return self._end(job, attempt, State.CANCELLED, {})

    def lost(self, job: str, attempt: int, *, how: str) -> wire.Job | None:
        """Its worker is gone: it waits again, or has failed for good, or was to be stopped anyway."""
        return self._change(job, attempt, JobRow.state.in_(_names(*ACTIVE)), _after_loss(how))

    def recover(self) -> None:
        """After the last server was killed: nothing runs, whatever the table says."""
        self._change_all(_after_loss("The studio was killed in the middle of it"))

    def put_back(self) -> None:
        """Before this server ends: what runs shall wait for the next one, as if it had not begun."""
        back = {"state": _unless_cancelling(State.QUEUED), "attempts": JobRow.attempts - 1}
        self._change_all(back | {"ended": _when_cancelling(time.time())})

    def _change_all(self, values: dict[str, Any]) -> None:
        change = update(JobRow).where(JobRow.state.in_(_names(*ACTIVE)))
        with self._database.begin() as connection:
            connection.execute(change.values(revision=JobRow.revision + 1, **values))

    def _end(self, job: str, attempt: int, state: State, values: dict[str, Any]) -> wire.Job | None:
        from_ = JobRow.state.in_(_names(*(preceding(state) & ACTIVE)))
        return self._change(job, attempt, from_, {"state": state.value, "ended": time.time()} | values)

    def _change(
        self, job: str, attempt: int, from_: ColumnElement[bool], values: dict[str, Any]
    ) -> wire.Job | None:
        """One change of a running attempt; None if it is not one, or no longer."""
        change = update(JobRow).where(JobRow.id == job, JobRow.attempts == attempt, from_)
        with Session(self._database) as session, session.begin():
            row = session.scalars(
                change.values(revision=JobRow.revision + 1, **values).returning(JobRow)
            ).one_or_none()
            return None if row is None else summary_of(row)


def _after_loss(how: str) -> dict[str, Any]:
    """The columns of a job whose attempt came to no end."""
    again = JobRow.attempts < MOST_ATTEMPTS
    running = JobRow.state == State.RUNNING.value
    reason = Problem(
        given=f"{how}; it was begun {MOST_ATTEMPTS} times",
        wanted="A job whose worker is lost is run once more",
        fix="Try a smaller picture or fewer frames (it may have run out of memory), then try it again",
    )
    return {
        "state": case(
            (~running, State.CANCELLED.value), (again, State.QUEUED.value), else_=State.FAILED.value
        ),
        "ended": case((or_(~running, ~again), time.time()), else_=None),
        "reason": case((running & ~again, _written(reason)), else_=None),
    }


def _unless_cancelling(state: State) -> ColumnElement[str]:
    return case((JobRow.state == State.CANCELLING.value, State.CANCELLED.value), else_=state.value)


def _when_cancelling(value: float) -> ColumnElement[float | None]:
    return case((JobRow.state == State.CANCELLING.value, value), else_=None)


def _written(reason: Problem) -> str:
    return wire_fault(Fault("", reason)).model_dump_json()


def _names(*states: State) -> list[str]:
    return [state.value for state in states]
