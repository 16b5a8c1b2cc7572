"""Shots, a clock, and tiny terms for the tests of the contest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tiny_runs import SIZE, NoWords

from boximator.training.contest.shot import Needs, Shot, make_shot
from boximator.training.contest.terms import Terms
from boximator.training.contest.trial import HELD_OUT
from boximator.world.clip import Clip

NEEDS = Needs(frames=True, backward=True)


def shot_of(clip: Clip, *, needs: Needs = NEEDS) -> Shot:
    """A shot of one clip."""
    return make_shot([clip], rng=np.random.default_rng(0), config=HELD_OUT, needs=needs, text=NoWords())


@dataclass
class Ticks:
    """A clock that goes on by a second whenever it is looked at; a step looks three times."""

    now: float = 0.0
    die_at: float = float("inf")

    def __call__(self) -> float:
        self.now += 1
        if self.now >= self.die_at:
            raise MemoryError
        return self.now


def tiny_terms(folder: Path, *, seconds: float = 4) -> Terms:
    """Two steps of two clips."""
    return Terms(
        folder=folder,
        seconds=seconds,
        clips=1,
        batch=2,
        steps=2,
        workers=0,
        threads=1,
        size=SIZE,
        wall=Ticks(),
    )
