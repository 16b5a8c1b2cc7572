from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pocket_fields import PANNING, SIDE, Thing, field, grid

from boximator.pocket.layers import ridge
from boximator.pocket.maps import (
    centres,
    composed,
    exact_motions,
    fit_displacement,
    inverted,
    pixel_map,
    roughness,
    shares,
)


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


LEFT = Thing(centre=(0.35, 0.5), radii=(0.16, 0.2), travel=(0.2, 0.1), turn=0.3)
RIGHT = Thing(centre=(0.6, 0.5), radii=(0.14, 0.2), travel=(0.05, 0.15), growth=1.2)


def touching() -> np.ndarray:
    """(later, rows, columns, 2): two things that touch, over a moving background."""
    return field([LEFT, RIGHT], ground=PANNING).transpose(0, 2, 3, 1).astype(float)


@pytest.mark.parametrize("side", [2, 3])
def test_what_is_affine_is_not_rough_and_a_rim_is(side: int) -> None:
    plane = field([], ground=PANNING).transpose(0, 2, 3, 1)
    assert roughness(plane, side=side).max() < 1e-5
    rough = roughness(touching(), side=side)
    assert rough.shape == (SIDE + 1 - side,) * 2
    assert rough.max() > 0.01
    assert rough[0, 0] < 1e-5


def test_roughness_is_the_size_of_the_noise() -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, (15, SIDE, SIDE, 2))
    expected = 0.01 * np.sqrt(2 * 6 / 9)  # 6 of 9 degrees of freedom are not affine
    assert abs(np.median(roughness(noise, side=3)) - expected) < 0.0005


def test_things_that_touch_are_told_apart_and_their_maps_are_exact() -> None:
    found = exact_motions(touching(), tolerance=1e-3, most=9)
    for thing in (LEFT, RIGHT, PANNING):
        wanted = thing.maps - np.array([[1, 0, 0], [0, 1, 0]])
        best = min(found, key=lambda one: float(np.abs(one.fit - wanted).max()))
        assert np.abs(best.fit - wanted).max() < 1e-4
        if thing is not PANNING:
            inside = thing.covers(grid(SIDE))
            assert best.cells[inside].mean() > 0.5
            assert not best.cells[~inside].any()


def test_no_more_motions_are_found_than_are_asked_for() -> None:
    assert len(exact_motions(touching(), tolerance=1e-3, most=2)) == 2


def test_noise_is_no_motion() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, (15, SIDE, SIDE, 2))
    assert exact_motions(noise, tolerance=1e-3, most=9) == []


@given(st.floats(0, 1), st.permutations([0, 1, 2]))
def test_the_share_of_two_things_in_a_cell_is_found(part: float, order: list[int]) -> None:
    expected = np.random.default_rng(1).normal(size=(3, 5, 1, 2))
    one, other, _ = order
    mixture = part * expected[one] + (1 - part) * expected[other]
    share, error = shares(mixture, expected=expected, possible=np.ones((1, 3), bool))
    wanted = np.zeros(3)
    wanted[one], wanted[other] = part, 1 - part
    np.testing.assert_allclose(share[0], wanted, atol=1e-6)
    assert error[0] < 1e-6


def test_a_thing_that_is_not_possible_has_no_share() -> None:
    expected = np.random.default_rng(1).normal(size=(3, 5, 4, 2))
    possible = np.array([[True, True, False]] * 3 + [[True, False, False]])
    share, error = shares(expected[2], expected=expected, possible=possible)
    assert np.array_equal(share > 0, possible & (share > 0))
    np.testing.assert_allclose(share.sum(1), 1)
    assert error.min() > 0.1


@given(st.lists(st.floats(-2, 2), min_size=12, max_size=12))
def test_a_composed_map_is_one_map_after_the_other(numbers: list[float]) -> None:
    first, second = np.array(numbers).reshape(2, 1, 2, 3)
    point = np.array([0.3, 0.7, 1.0])
    there = np.append(first[0] @ point, 1)
    np.testing.assert_allclose(composed(second, after=first)[0] @ point, second[0] @ there, atol=1e-9)


def test_an_inverted_map_leads_back() -> None:
    turn = np.array([[[0.8, -0.6, 0.1], [0.6, 0.8, -0.3]], [[2.0, 0.0, 0.0], [0.5, 1.0, 0.2]]])
    np.testing.assert_allclose(
        composed(inverted(turn), after=turn), np.tile(np.eye(2, 3), (2, 1, 1)), atol=1e-12
    )
