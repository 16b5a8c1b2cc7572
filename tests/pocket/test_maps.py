from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.layers import ridge
from boximator.pocket.maps import centres, fit_displacement, pixel_map


def test_centres_go_row_by_row() -> None:
    points = centres(2, columns=3)
    np.testing.assert_allclose(points[[0, 2, 3]], [[1 / 6, 0.25, 1], [5 / 6, 0.25, 1], [1 / 6, 0.75, 1]])


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.lists(st.floats(-2, 2), min_size=6, max_size=6),
)
def test_a_pixel_map_is_the_same_map_of_pixel_centres(width: int, height: int, numbers: list[float]) -> None:
    map_ = np.array(numbers).reshape(2, 3)
    pixels = pixel_map(map_, width=width, height=height)
    for x, y in ((0, 0), (width - 1, 0), (3, height - 1)):
        normalised = map_ @ np.array([(x + 0.5) / width, (y + 0.5) / height, 1])
        expected = normalised * np.array([width, height]) - 0.5
        np.testing.assert_allclose(pixels @ np.array([x, y, 1]), expected, atol=1e-9)


def test_an_exact_displacement_is_fitted_exactly_and_outliers_without_weight_do_not_count() -> None:
    points = centres(6, columns=8)
    wanted = np.random.default_rng(0).normal(size=(4, 2, 3))
    displacement = points @ wanted.transpose(0, 2, 1)
    weights = np.ones(len(points))
    weights[5:9] = 0
    displacement[:, 5:9] += 9
    fit = fit_displacement(points, displacement=displacement, weights=weights, ridge=0.0, cell=1 / 48)
    np.testing.assert_allclose(fit, wanted, atol=1e-5)


def test_a_ridge_pulls_towards_pure_shifting() -> None:
    points = centres(4, columns=4)
    displacement = points @ np.array([[[0.5, 0, 0.1], [0, 0.5, 0.2]]]).transpose(0, 2, 1)
    fit = fit_displacement(points, displacement=displacement, weights=np.ones(16), ridge=1e6, cell=1 / 16)[0]
    assert np.abs(fit[:, :2]).max() < 0.01
    np.testing.assert_allclose(fit @ np.array([0.5, 0.5, 1]), [0.35, 0.45], atol=1e-3)


def test_the_growth_of_a_thing_of_few_cells_is_seen_in_an_exact_field_and_less_in_a_noisy_one() -> None:
    """The ridge counts cells of the whole grid, not of the thing: 15 cells once looked as if they could not grow."""
    grid = centres(32, columns=32)
    few = grid[(grid[:, 0] > 0.4) & (grid[:, 0] < 0.5) & (grid[:, 1] > 0.4) & (grid[:, 1] < 0.56)]
    growth = few @ np.array([[[0.5, 0, -0.1], [0, 0.5, 0.2]]]).transpose(0, 2, 1)
    seen = [
        fit_displacement(
            few, displacement=growth, weights=np.ones(len(few)), ridge=ridge(noise), cell=1 / len(grid)
        )[0, 0, 0]
        for noise in (0.0, 0.01, 0.03)
    ]
    assert len(few) == 15
    assert seen[0] > 0.49
    assert seen[0] > seen[1] > seen[2] > 0.05
