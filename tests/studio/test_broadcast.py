"""News of jobs to event streams."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

from boximator.studio import wire
from boximator.studio.broadcast import Broadcast, Change
from boximator.studio.states import State

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def job(number: int, *, revision: int) -> wire.Job:
    return wire.Job(
        id=f"{number:022d}", state=State.RUNNING, revision=revision, priority=0, base="pocket", title="",
        picture="p" * 22, created=NOW, started=None, ended=None, attempts=1, step=revision, steps=8, preview=None,
        reason=None, retry_of=None, result=None,
    )  # fmt: skip


async def heard(*changes: Change, only: str | None = None) -> list[Change]:
    """What a listener hears that was away while all this happened, in another thread."""
    broadcast = Broadcast()
    with broadcast.listen(job=only) as listener:
        thread = threading.Thread(target=lambda: [broadcast.publish(change) for change in changes])
        thread.start()
        thread.join()
        broadcast.close()
        return [change async for change in listener]


def test_who_was_away_hears_the_latest_of_every_job() -> None:
    told = [job(1, revision=1), job(2, revision=1), job(1, revision=2), job(1, revision=3)]
    assert asyncio.run(heard(*told)) == [job(1, revision=3), job(2, revision=1)]


def test_what_arrives_late_is_not_heard_after_what_is_newer() -> None:
    assert asyncio.run(heard(job(1, revision=5), job(1, revision=4))) == [job(1, revision=5)]
    gone = wire.Removed(id=job(1, revision=1).id)
    assert asyncio.run(heard(gone, job(1, revision=9))) == [gone]


def test_a_listener_to_one_job_hears_of_no_other() -> None:
    one = job(1, revision=1)
    assert asyncio.run(heard(one, job(2, revision=1), only=one.id)) == [one]


def test_who_comes_when_all_is_over_hears_nothing_and_does_not_wait() -> None:
    async def late() -> list[Change]:
        broadcast = Broadcast()
        broadcast.close()
        with broadcast.listen() as listener:
            return [change async for change in listener]

    assert asyncio.run(late()) == []
