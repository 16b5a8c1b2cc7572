from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_strategies import paths

from boximator.scene.path import Path, PathKind
from boximator.scene.problem import Problem

CORNER = Path(points=((0.0, 0.0), (0.4, 0.0), (0.4, 0.6)))


def test_a_polyline_is_measured_by_arc_length() -> None:
    assert CORNER.length == pytest.approx(1.0)
    assert CORNER.at(0.2) == pytest.approx((0.2, 0.0))
    assert CORNER.at(0.4) == pytest.approx((0.4, 0.0))
    assert CORNER.at(0.7) == pytest.approx((0.4, 0.3))


def test_easing_is_of_time_not_of_length() -> None:
    slow = Path(points=CORNER.points, easing="ease_in")
    assert slow.at(0.5) == CORNER.at(0.5)
    np.testing.assert_allclose(slow.points_at_time(np.asarray([0.5])), [CORNER.at(0.25)])


@given(paths())
def test_it_starts_at_its_first_point_and_ends_at_its_last(path: Path) -> None:
    assert path.at(0.0) == pytest.approx(path.points[0], abs=1e-9)
    assert path.at(1.0) == pytest.approx(path.points[-1], abs=1e-9)


@given(paths(), st.integers(2, 40))
def test_equal_shares_are_equal_ways(path: Path, count: int) -> None:
    """Between two equal shares of the length the straight distance is at most that share of it."""
    stops = path.points_at(np.linspace(0.0, 1.0, count + 1))
    chords = np.linalg.norm(np.diff(stops, axis=0), axis=1)
    assert np.all(chords <= path.length / count + 1e-9)


def test_on_a_straight_line_the_speed_is_constant_for_every_kind() -> None:
    for kind in ("polyline", "smooth"):
        path = Path(points=((0.1, 0.2), (0.2, 0.3), (0.9, 1.0)), kind=kind)
        steps = np.linalg.norm(np.diff(path.points_at(np.linspace(0.0, 1.0, 12)), axis=0), axis=1)
        np.testing.assert_allclose(steps, steps[0], rtol=1e-6)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=6, unique=True))
def test_a_smooth_path_runs_through_all_its_points(points: list[tuple[float, float]]) -> None:
    path = Path(points=tuple(points), kind="smooth")
    fine = path.points_at(np.linspace(0.0, 1.0, 4000))
    for point in points:
        assert np.linalg.norm(fine - point, axis=1).min() <= path.length / 3000 + 1e-9


def test_a_smooth_path_has_no_corners() -> None:
    points = ((0.1, 0.5), (0.4, 0.2), (0.6, 0.8), (0.9, 0.5))

    def sharpest(kind: PathKind) -> float:
        steps = np.diff(Path(points=points, kind=kind).points_at(np.linspace(0.0, 1.0, 200)), axis=0)
        angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        return float(np.abs(np.diff(angles)).max())

    assert sharpest("smooth") < 0.4
    assert sharpest("polyline") > 1.0


@pytest.mark.parametrize("kind", ["polyline", "smooth"])
def test_points_drawn_twice_do_no_harm(kind: PathKind) -> None:
    once = Path(points=((0.1, 0.5), (0.4, 0.2), (0.6, 0.8)), kind=kind)
    twice = Path(points=tuple(point for point in once.points for _ in range(2)), kind=kind)
    assert twice.at(0.37) == once.at(0.37)


@pytest.mark.parametrize("kind", ["polyline", "smooth"])
def test_a_path_that_goes_nowhere_stays(kind: PathKind) -> None:
    path = Path(points=((0.3, 0.4),) * 3, kind=kind)
    assert path.length == 0.0
    assert path.at(0.5) == (0.3, 0.4)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (((0.1, 0.1),), "1 point"),
        (((0.1, 0.1),) * 1001, "1001 point"),
        (((0.1, 0.1), (math.nan, 0.2)), "nan"),
        (((0.1, 0.1), (320.0, 240.0)), "pixels"),
    ],
)
def test_what_is_no_path_is_refused(points: tuple[tuple[float, float], ...], words: str) -> None:
    with pytest.raises(Problem, match=words):
        Path(points=points)
