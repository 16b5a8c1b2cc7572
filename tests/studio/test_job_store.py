"""Jobs in the database against a model of them: whatever happens in whatever order, they agree."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from studio_stand_ins import OUTPUT, request

from boximator.scene.problem import Problem
from boximator.studio import wire
from boximator.studio.attempts import Attempts
from boximator.studio.database import open_database
from boximator.studio.job_store import JobStore
from boximator.studio.states import ACTIVE, ENDED, FOLLOWING, State

REQUEST = wire.JobRequest.model_validate(request("p" * 22))
REASON = Problem(given="It broke", wanted="Luck", fix="Try again")

ACTIONS = (
    "submit", "claim", "step", "finish", "fail", "stopped", "lose", "cancel", "raise", "remove", "recover", "put_back",
)  # fmt: skip


@dataclass
class Expected:
    """A job as the model has it."""

    number: int
    state: State = State.QUEUED
    priority: int = 0
    attempts: int = 0


class Both:
    """The store and the model, moved together."""

    def __init__(self, database: Engine) -> None:
        self.store = JobStore(database)
        self.attempts = Attempts(database)
        self.model: dict[str, Expected] = {}
        self.numbers = iter(range(10**6))

    def take(self, action: str, which: int) -> None:
        names = list(self.model)
        getattr(self, f"_{action}")(names[which % len(names)] if names else None, which)

    def agree(self) -> None:
        found = {job.id: job for job in self.store.page(states=None, limit=500, before=None).jobs}
        assert {name: job.state for name, job in found.items()} == {
            name: job.state for name, job in self.model.items()
        }
        for name, job in found.items():
            assert (job.attempts, job.priority) == (self.model[name].attempts, self.model[name].priority)
            assert (job.ended is not None) == (job.state in ENDED)
            assert (job.result is not None) == (job.state is State.DONE)
            assert (job.reason is not None) == (job.state is State.FAILED)

    def _submit(self, _name: str | None, _which: int) -> None:
        job, made = self.store.submit(REQUEST, key=None, retry_of=None, most_waiting=1000)
        assert made
        self.model[job.id] = Expected(next(self.numbers))

    def _claim(self, _name: str | None, _which: int) -> None:
        waiting = [
            (-job.priority, job.number, name) for name, job in self.model.items() if job.state is State.QUEUED
        ]
        claimed = self.attempts.claim()
        assert (claimed is None) == (not waiting)
        if claimed is not None:
            assert claimed[1].id == min(waiting)[2]
            self._set(claimed[1].id, State.RUNNING)
            self.model[claimed[1].id].attempts += 1

    def _step(self, name: str | None, which: int) -> None:
        self._try(
            name,
            which,
            {},
            lambda job, attempt: self.attempts.stepped(job, attempt, step=1, steps=2, preview=False),
        )

    def _finish(self, name: str | None, which: int) -> None:
        self._try(
            name, which, dict.fromkeys(ACTIVE, State.DONE), lambda job, n: self.attempts.done(job, n, OUTPUT)
        )

    def _fail(self, name: str | None, which: int) -> None:
        self._try(
            name,
            which,
            dict.fromkeys(ACTIVE, State.FAILED),
            lambda job, n: self.attempts.failed(job, n, REASON),
        )

    def _stopped(self, name: str | None, which: int) -> None:
        self._try(name, which, dict.fromkeys(ACTIVE, State.CANCELLED), self.attempts.stopped)

    def _lose(self, name: str | None, which: int) -> None:
        after = {State.CANCELLING: State.CANCELLED, State.RUNNING: State.QUEUED}
        if name is not None and self.model[name].attempts >= 2:
            after[State.RUNNING] = State.FAILED
        self._try(name, which, after, lambda job, n: self.attempts.lost(job, n, how="It fell over"))

    def _try(
        self,
        name: str | None,
        which: int,
        after: dict[State, State],
        change: Callable[[str, int], wire.Job | None],
    ) -> None:
        """A piece of news, of the latest attempt or of one before (which must count for nothing)."""
        if name is None:
            return
        job = self.model[name]
        latest = which % 3 > 0
        told = change(name, job.attempts if latest else job.attempts - 1)
        assert (told is not None) == (latest and job.state in ACTIVE)
        if told is not None and job.state in after:
            self._set(name, after[job.state])

    def _cancel(self, name: str | None, _which: int) -> None:
        if name is None:
            return
        job = self.model[name]
        if job.state in {State.DONE, State.FAILED}:
            with pytest.raises(Problem, match="can be cancelled until it is over"):
                self.store.cancel(name)
            return
        told = self.store.cancel(name)
        if job.state in {State.QUEUED, State.RUNNING}:
            self._set(name, State.CANCELLED if job.state is State.QUEUED else State.CANCELLING)
        assert told.state is job.state

    def _raise(self, name: str | None, which: int) -> None:
        if name is None:
            return
        if self.model[name].state is State.QUEUED:
            self.model[name].priority = self.store.reprioritise(name, priority=which % 5).priority
        else:
            with pytest.raises(Problem, match="while it is queued"):
                self.store.reprioritise(name, priority=1)

    def _remove(self, name: str | None, _which: int) -> None:
        if name is None:
            return
        if self.model[name].state in ENDED:
            self.store.remove(name)
            del self.model[name]
        else:
            with pytest.raises(Problem, match="when it is over"):
                self.store.remove(name)

    def _recover(self, _name: str | None, _which: int) -> None:
        self.attempts.recover()
        for name, job in self.model.items():
            if job.state is State.RUNNING:
                self._set(name, State.FAILED if job.attempts >= 2 else State.QUEUED)
            elif job.state is State.CANCELLING:
                self._set(name, State.CANCELLED)

    def _put_back(self, _name: str | None, _which: int) -> None:
        self.attempts.put_back()
        for name, job in self.model.items():
            if job.state in ACTIVE:
                job.attempts -= 1
                self._set(name, State.QUEUED if job.state is State.RUNNING else State.CANCELLED)

    def _set(self, name: str, state: State) -> None:
        """Every change the model makes is one the table of states allows: so nothing ends twice."""
        assert state in FOLLOWING[self.model[name].state]
        self.model[name].state = state


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    database = open_database(database_url, folder=tmp_path)
    yield database
    database.dispose()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1000)), min_size=10, max_size=40))
def test_the_store_and_its_model_agree(database: Engine, actions: list[tuple[str, int]]) -> None:
    both = Both(database)
    for action, which in [*((("submit", 0), ("submit", 1), ("claim", 0))), *actions]:
        both.take(action, which)
    both.agree()
    both.attempts.recover()
    for job in both.store.page(states=None, limit=500, before=None).jobs:
        if job.state is State.QUEUED:
            both.store.cancel(job.id)
        both.store.remove(job.id)


def test_of_many_clients_with_one_key_one_makes_the_job(database: Engine) -> None:
    store = JobStore(database)
    answers: list[tuple[str, bool]] = []
    start = threading.Barrier(8)

    def submit() -> None:
        start.wait()
        job, made = store.submit(REQUEST, key="one", retry_of=None, most_waiting=1000)
        answers.append((job.id, made))

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job for job, _ in answers}) == 1
    assert sorted(made for _, made in answers) == [False] * 7 + [True]


def test_a_cancel_and_an_end_at_the_same_moment_leave_one_end(database: Engine) -> None:
    store, attempts = JobStore(database), Attempts(database)
    for _ in range(10):
        job = store.submit(REQUEST, key=None, retry_of=None, most_waiting=1000)[0].id
        assert attempts.claim() is not None
        start = threading.Barrier(2)

        def cancel(job: str = job, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                store.cancel(job)
            except Problem as problem:
                assert "until it is over" in problem.wanted  # noqa: PT017 - either may come first

        thread = threading.Thread(target=cancel)
        thread.start()
        start.wait()
        assert attempts.done(job, 1, OUTPUT) is not None
        thread.join()
        assert store.summary(job).state is State.DONE


def test_a_full_queue_takes_no_more(database: Engine) -> None:
    store = JobStore(database)
    store.submit(REQUEST, key="a", retry_of=None, most_waiting=1)
    with pytest.raises(Problem, match="1 jobs wait already"):
        store.submit(REQUEST, key=None, retry_of=None, most_waiting=1)
    assert store.submit(REQUEST, key="a", retry_of=None, most_waiting=1)[1] is False
