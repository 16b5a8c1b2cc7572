"""The states of a job, and the ways between them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job is. `cancelling`: it runs, and shall stop at its next step."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FOLLOWING: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    # A worker that was killed, or a server that was stopped, puts its job back.
    State.RUNNING: frozenset({State.CANCELLING, State.DONE, State.FAILED, State.CANCELLED, State.QUEUED}),
    # Done: the last step was behind it when the wish came.
    State.CANCELLING: frozenset({State.CANCELLED, State.DONE, State.FAILED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""What may come after each state. A job ends exactly once: nothing follows the last three."""

ACTIVE = frozenset({State.RUNNING, State.CANCELLING})
ENDED = frozenset(state for state, following in FOLLOWING.items() if not following)


def preceding(state: State) -> frozenset[State]:
    """The states from which a job may come into this one."""
    return frozenset(before for before, following in FOLLOWING.items() if state in following)
