"""Between engine and database: nothing is claimed too early, and no news is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from studio_stand_ins import OUTPUT, Client, HandEngine, config_in, png, request, until

from boximator.studio import dispatcher, wire
from boximator.studio.attempts import Attempts
from boximator.studio.engine import Event, Finished, Output, Task
from boximator.studio.opening import opened
from boximator.studio.result_store import ResultStore
from boximator.studio.states import State


class InstantEngine(HandEngine):
    """Is done as soon as it begins, and free again."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[int] = []  # pyright: ignore[reportIncompatibleMethodOverride]
        self.count: Callable[[], int] = lambda: 0

    def open(self, tell: Callable[[Event | None], None]) -> None:
        self._hand = tell

    def begin(self, task: Task) -> None:
        self.running.append(self.count())
        self._hand(Finished(job=task.job, attempt=task.attempt, output=OUTPUT))


def test_however_quick_the_engine_is_a_job_is_noted_as_done_before_the_next_begins(tmp_path: Path) -> None:
    engine = InstantEngine()
    with opened(config_in(tmp_path), engine=engine) as studio:
        engine.count = lambda: studio.jobs.counts()[1]
        asked = wire.JobRequest.model_validate(request(studio.pictures.add(png(), name="a.png").id))
        for _ in range(20):
            studio.jobs.submit(asked, key=None, retry_of=None, most_waiting=99)
        studio.dispatcher.wake()
        until(studio.jobs.counts, lambda counts: counts == (0, 0))
    assert engine.running == [1] * 20


def test_a_full_disk_or_a_database_that_is_away_delays_news_and_loses_none(
    studio: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dispatcher, "PAUSE", 0.01)
    troubles = [OSError(28, "No space left on device")] * 3
    keep, done = ResultStore.keep, Attempts.done

    def troubled_keep(self: ResultStore, job: str, output: Output) -> None:
        if troubles:
            raise troubles.pop()
        keep(self, job, output)

    def troubled_done(self: Attempts, job: str, attempt: int, output: Output) -> wire.Job | None:
        if not away:
            away.append(True)
            raise ConnectionError("the database is away")
        return done(self, job, attempt, output)

    away: list[bool] = []
    monkeypatch.setattr(ResultStore, "keep", troubled_keep)
    monkeypatch.setattr(Attempts, "done", troubled_done)
    job = studio.submit()["id"]
    studio.engine.running(job)
    with caplog.at_level(logging.CRITICAL):
        studio.engine.finish()
        assert studio.until(job, State.DONE)["result"]["frames"] == 1
    assert (troubles, away) == ([], [True])


def test_a_job_whose_picture_is_gone_fails_in_words_and_the_next_one_runs(
    studio: Client, tmp_path: Path
) -> None:
    first = studio.submit()
    studio.engine.running(first["id"])
    lost, kept = studio.submit(), studio.submit()
    (tmp_path / "data" / "pictures" / lost["picture"] / "original").unlink()
    studio.engine.finish()
    studio.engine.running(kept["id"])
    failed = studio.job(lost["id"])
    assert failed["state"] == "failed"
    assert "picture cannot be read" in failed["reason"]["given"]
