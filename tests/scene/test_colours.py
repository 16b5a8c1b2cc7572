from __future__ import annotations

import itertools
import math

from boximator.scene.colours import COLOURS, SLOTS


def test_there_are_eight_colours_in_range() -> None:
    assert SLOTS == 8
    assert all(0.0 <= value <= 1.0 for colour in COLOURS for value in colour)


def test_any_two_are_far_apart() -> None:
    assert min(math.dist(*pair) for pair in itertools.combinations(COLOURS, 2)) >= 0.5


def test_none_is_a_grey_of_which_photographs_are_full() -> None:
    assert min(max(colour) - min(colour) for colour in COLOURS) == 1.0
