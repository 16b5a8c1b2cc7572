"""Which things are kept: the rules, for any things."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boximator.annotate.cleaning import DOUBLE, SEEN, WHOLE, cleaned
from boximator.annotate.tracking import Thread
from boximator.scene.box import iou, outside
from boximator.scene.colours import SLOTS

FRAMES = 6
SMALLEST = 0.05

edge = st.floats(0, 1)


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    one, other = (np.array([[draw(edge), draw(edge)] for _ in range(FRAMES)]) for _ in range(2))
    return Thread(
        label=draw(st.sampled_from(["dog", "cat"])),
        score=draw(st.floats(0.1, 1)),
        boxes=np.concatenate([np.minimum(one, other), np.maximum(one, other)], axis=1),
        seen=np.array(draw(st.lists(st.booleans(), min_size=FRAMES, max_size=FRAMES))),
        lost=draw(st.booleans()),
    )


many = st.lists(threads(), max_size=12)


@given(many)
def test_every_kept_thing_keeps_the_rules(given_threads: list[Thread]) -> None:
    kept = cleaned(given_threads, smallest=SMALLEST)
    assert len(kept) <= SLOTS
    assert len({id(thing) for thing in kept}) == len(kept)
    for thing in kept:
        shows = ~outside(thing.boxes)
        sides = (thing.boxes[shows, 2:] - thing.boxes[shows, :2]).mean(0)
        assert any(thing is one for one in given_threads)
        assert not thing.lost
        assert shows.sum() > 1
        assert thing.seen.sum() >= SEEN * shows.sum()
        assert sides.min() >= SMALLEST
        assert sides.prod() <= WHOLE


@given(many)
def test_no_two_kept_things_are_one(given_threads: list[Thread]) -> None:
    kept = cleaned(given_threads, smallest=SMALLEST)
    for first, thing in enumerate(kept):
        for other in kept[first + 1 :]:
            shows = ~outside(thing.boxes) & ~outside(other.boxes)
            assert not shows.any() or iou(thing.boxes[shows], other.boxes[shows]).mean() <= DOUBLE


@given(many)
def test_cleaning_twice_is_cleaning_once(given_threads: list[Thread]) -> None:
    once = cleaned(given_threads, smallest=SMALLEST)
    assert [id(one) for one in cleaned(once, smallest=SMALLEST)] == [id(one) for one in once]


@given(many, st.floats(0, 0.5))
def test_a_higher_least_size_never_lets_a_smaller_thing_in(given_threads: list[Thread], least: float) -> None:
    for thing in cleaned(given_threads, smallest=least):
        shows = ~outside(thing.boxes)
        assert (thing.boxes[shows, 2:] - thing.boxes[shows, :2]).mean(0).min() >= least
