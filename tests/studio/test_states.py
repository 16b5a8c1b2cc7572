"""The states of a job."""

from __future__ import annotations

import pytest

from boximator.studio.states import ACTIVE, ENDED, FOLLOWING, State, preceding


def test_every_state_has_its_following_ones_and_three_have_none() -> None:
    assert set(FOLLOWING) == set(State)
    assert {State.DONE, State.FAILED, State.CANCELLED} == ENDED
    assert {State.RUNNING, State.CANCELLING} == ACTIVE


@pytest.mark.parametrize("state", State)
def test_preceding_is_following_read_backwards(state: State) -> None:
    assert preceding(state) == {before for before in State if state in FOLLOWING[before]}


def test_every_job_can_come_to_an_end() -> None:
    reached = set(ENDED)
    while more := {state for state in State if FOLLOWING[state] & reached} - reached:
        reached |= more
    assert reached == set(State)
