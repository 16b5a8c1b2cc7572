from __future__ import annotations

import pytest
from contest_stand_ins import NEEDS, shot_of
from tiny_runs import NoWords

from boximator.training.contest import shot as shot_module
from boximator.training.contest.shot import Shot, film
from boximator.training.contest.trial import HELD_OUT
from boximator.world.clip import Clip


@pytest.fixture(autouse=True)
def no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here needs MiniLM."""
    monkeypatch.setattr(shot_module, "TextEncoder", NoWords)


@pytest.fixture(scope="session")
def clip() -> Clip:
    """A thing goes over a still background."""
    return film(1, config=HELD_OUT, needs=NEEDS)


@pytest.fixture(scope="session")
def shot(clip: Clip) -> Shot:
    """That clip with all that any state needs; its flow is not spread."""
    return shot_of(clip)
