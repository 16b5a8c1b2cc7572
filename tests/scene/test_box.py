from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_strategies import boxes

from boximator.scene.box import Box, clamp, contains, iou, outside
from boximator.scene.problem import Problem

SHARES = st.floats(0.0, 1.0)


def array(box: Box) -> np.ndarray:
    return np.asarray(box.as_tuple())


@pytest.mark.parametrize("edges", [(0.5, 0.1, 0.4, 0.2), (0.1, 0.5, 0.2, 0.4)])
def test_a_reversed_box_is_refused_and_the_right_one_named(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(Problem, match="reversed") as caught:
        Box(*edges)
    x0, y0, x1, y1 = edges
    ordered = [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]
    assert caught.value.fix == f"Write {ordered} instead."


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_must_be_finite(value: float) -> None:
    with pytest.raises(Problem, match="finite"):
        Box(0.0, 0.0, value, 1.0)


@pytest.mark.parametrize(
    ("box", "clamped", "is_outside", "is_segment"),
    [
        (Box(0.1, 0.2, 0.3, 0.4), (0.1, 0.2, 0.3, 0.4), False, False),
        (Box(-0.1, 0.2, 0.3, 1.4), (0.0, 0.2, 0.3, 1.0), False, False),
        (Box(-0.5, 0.2, -0.1, 0.4), (0.0, 0.2, 0.0, 0.4), True, True),
        (Box(1.2, 0.2, 1.5, 0.4), (1.0, 0.2, 1.0, 0.4), True, True),
        (Box(0.2, -0.3, 0.4, 0.0), (0.2, 0.0, 0.4, 0.0), True, True),
        (Box(0.2, 1.0, 0.4, 1.3), (0.2, 1.0, 0.4, 1.0), True, True),
        (Box(1.2, 1.3, 1.4, 1.5), (1.0, 1.0, 1.0, 1.0), True, True),
        (Box(0.0, 0.3, 0.0, 0.6), (0.0, 0.3, 0.0, 0.6), True, True),
        (Box(0.5, 0.3, 0.5, 0.6), (0.5, 0.3, 0.5, 0.6), False, True),
        (Box(-1.0, -1.0, 2.0, 2.0), (0.0, 0.0, 1.0, 1.0), False, False),
    ],
)
def test_what_is_outside_becomes_a_segment_on_the_border(
    box: Box, clamped: tuple[float, ...], is_outside: bool, is_segment: bool
) -> None:
    assert box.clamped().as_tuple() == clamped
    assert (box.is_outside, box.is_segment) == (is_outside, is_segment)


@given(boxes())
def test_clamping_is_the_same_for_one_and_for_many_and_changes_nothing_twice(box: Box) -> None:
    np.testing.assert_array_equal(clamp(array(box)), array(box.clamped()))
    assert box.clamped().clamped() == box.clamped()
    assert box.is_outside == box.clamped().is_outside
    assert bool(outside(array(box)[None])[0]) == box.is_outside


@given(boxes(), boxes())
def test_a_blend_starts_at_one_box_and_ends_at_the_other(first: Box, second: Box) -> None:
    assert first.blend(second, 0.0) == first
    assert first.blend(second, 1.0) == second


@given(boxes(), boxes(), SHARES)
def test_a_blend_is_a_box_whose_centre_is_on_the_line(first: Box, second: Box, t: float) -> None:
    blended = first.blend(second, t)
    expected = [(1 - t) * a + t * b for a, b in zip(first.centre, second.centre, strict=True)]
    assert blended.centre == pytest.approx(expected, abs=1e-9)


@given(boxes(), st.tuples(SHARES, SHARES))
def test_moving_keeps_the_size(box: Box, centre: tuple[float, float]) -> None:
    moved = box.moved_to(centre)
    assert moved.centre == pytest.approx(centre, abs=1e-9)
    assert moved.size == pytest.approx(box.size, abs=1e-9)


@given(boxes(), st.tuples(SHARES, SHARES, SHARES, SHARES))
def test_relaxing_grows_each_side_by_its_own_share(
    box: Box, margins: tuple[float, float, float, float]
) -> None:
    left, top, right, bottom = margins
    relaxed = box.relaxed(left, top, right, bottom)
    assert relaxed == Box(box.x0 - left, box.y0 - top, box.x1 + right, box.y1 + bottom)
    assert contains(array(relaxed), array(box))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (Box(0.0, 0.0, 0.5, 0.5), 1.0),
        (Box(0.25, 0.0, 0.75, 0.5), 1 / 3),
        (Box(0.0, 0.0, 1.0, 1.0), 0.25),
        (Box(0.5, 0.0, 1.0, 0.5), 0.0),
        (Box(0.6, 0.6, 0.9, 0.9), 0.0),
    ],
)
def test_intersection_over_union_by_hand(second: Box, expected: float) -> None:
    first = Box(0.0, 0.0, 0.5, 0.5)
    assert first.iou(second) == pytest.approx(expected)
    assert second.iou(first) == pytest.approx(expected)


def test_segments_agree_when_they_are_the_same() -> None:
    left, right = Box(0.0, 0.3, 0.0, 0.6), Box(1.0, 0.3, 1.0, 0.6)
    assert (left.iou(left), left.iou(right), left.iou(Box(0.0, 0.0, 1.0, 1.0))) == (1.0, 0.0, 0.0)


@given(boxes(), boxes())
def test_intersection_over_union_is_symmetric_and_1_for_the_same(first: Box, second: Box) -> None:
    assert first.iou(second) == pytest.approx(second.iou(first))
    assert 0.0 <= first.iou(second) <= 1.0 + 1e-9
    assert first.iou(first) == pytest.approx(1.0)


def test_array_functions_take_any_leading_axes() -> None:
    many = np.random.default_rng(0).uniform(-0.5, 1.5, (3, 5, 2, 2))
    many = np.sort(many, axis=2).reshape(3, 5, 4)
    assert iou(many, many).shape == outside(many).shape == contains(many, many).shape == (3, 5)
    assert contains(many, many).all()
