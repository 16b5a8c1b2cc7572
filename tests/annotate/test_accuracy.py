from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from boximator.annotate.accuracy import Score, overlaps, pairs, scored

LEFT, RIGHT = (0.0, 0.0, 0.4, 0.4), (0.5, 0.5, 0.9, 0.9)

side = st.floats(0.05, 0.4)
box = st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), side, side).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)
frame = st.dictionaries(st.integers(1, 6), box, max_size=5)


@given(st.lists(frame, max_size=4))
def test_what_is_found_exactly_is_all_right(
    known: list[dict[int, tuple[float, float, float, float]]],
) -> None:
    boxes = sum(len(one) for one in known)
    total = sum(scored(known, found=known), Score())
    assert (total.known, total.found, total.right) == (boxes, boxes, boxes)


@given(frame, frame)
def test_a_pair_is_alike_and_no_thing_is_in_two(
    known: dict[int, tuple[float, float, float, float]], found: dict[int, tuple[float, float, float, float]]
) -> None:
    chosen = pairs(known, found)
    table = overlaps(known, found)
    assert table.shape == (len(known), len(found))
    assert len(set(chosen.values())) == len(chosen)
    for one, other in chosen.items():
        assert table[list(known).index(one), list(found).index(other)] >= 0.5


def test_a_number_that_changes_is_a_switch_even_after_a_gap() -> None:
    known = [{1: LEFT}] * 4
    assert sum(scored(known, found=[{7: LEFT}, {}, {8: LEFT}, {8: LEFT}]), Score()) == Score(4, 3, 3, 1)


def test_recall_and_precision() -> None:
    [score] = scored([{1: LEFT, 2: RIGHT}], found=[{1: LEFT}])
    assert (score.recall, score.precision) == (0.5, 1.0)
    assert math.isnan(Score().recall)
    assert math.isnan(Score().precision)
