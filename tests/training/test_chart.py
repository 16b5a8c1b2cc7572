from __future__ import annotations

import math

import numpy as np
import pytest

from boximator.training.chart import Curve, chart

SIZE = (400, 200)
BLUE, RED = (0x1F, 0x6F, 0xB4), (0xC0, 0x39, 0x2B)


def drawn(*values: float, marks: tuple[int, ...] = ()) -> np.ndarray:
    """A curve of one value a step from step 0, over 11 steps."""
    curve = Curve(name="loss", steps=tuple(range(len(values))), values=values)
    return np.asarray(chart(curve, marks=marks, size=SIZE, steps=(0, 10)))


def places(picture: np.ndarray, colour: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels of a colour."""
    rows, columns = np.nonzero((picture == colour).all(axis=-1))
    return rows, columns


def test_a_rising_curve_rises() -> None:
    rows, columns = places(drawn(*range(11)), BLUE)
    left, right = rows[columns < 150].mean(), rows[columns > 300].mean()
    assert right < left - 50
    assert np.ptp(columns) > 300


def test_half_a_run_fills_half_the_chart() -> None:
    _, columns = places(drawn(*range(6)), BLUE)
    assert columns.max() == pytest.approx(64 + (SIZE[0] - 64 - 14) / 2, abs=3)


def test_marks_are_lines_from_top_to_bottom_at_their_step() -> None:
    rows, columns = places(drawn(1, 2, marks=(5,)), RED)
    assert np.bincount(columns).argmax() == pytest.approx(64 + (SIZE[0] - 64 - 14) / 2, abs=1)
    assert np.ptp(rows) > 100
    assert len(places(drawn(1, 2), RED)[0]) == 0


def test_a_value_that_is_not_finite_is_a_gap() -> None:
    _, whole = places(drawn(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), BLUE)
    _, holed = places(drawn(1, 1, 1, math.nan, 1, 1, math.inf, 1, 1, 1), BLUE)
    assert len(set(whole)) > len(set(holed)) + 50


def test_one_outlier_does_not_flatten_the_rest() -> None:
    values = [float(step % 2) for step in range(200)]
    values[0] = 1e6
    curve = Curve(name="loss", steps=tuple(range(200)), values=tuple(values))
    rows, columns = places(np.asarray(chart(curve, marks=(), size=SIZE, steps=(0, 199))), BLUE)
    assert np.ptp(rows[columns > 200]) > 100


@pytest.mark.parametrize("values", [(), (1.0,), (math.nan, math.nan)])
def test_there_is_a_chart_of_anything(values: tuple[float, ...]) -> None:
    assert drawn(*values).shape == (SIZE[1], SIZE[0], 3)
