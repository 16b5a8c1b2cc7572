from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boximator.world import affine

number = st.floats(-50, 50)
factor = st.floats(0.2, 5)
point = st.tuples(number, number)


@st.composite
def affines(draw: st.DrawFn) -> affine.Affine:
    return affine.similarity(
        draw(point), scale=(draw(factor), draw(factor)), angle=draw(st.floats(-4, 4)), about=draw(point)
    )


@given(affines(), affines(), point)
def test_a_composition_applies_the_inner_map_first(
    outer: affine.Affine, inner: affine.Affine, at: tuple[float, float]
) -> None:
    points = np.array([at])
    both = affine.apply(affine.compose(outer, inner=inner), points=points)
    one_by_one = affine.apply(outer, points=affine.apply(inner, points=points))
    np.testing.assert_allclose(both, one_by_one, rtol=1e-9, atol=1e-6)


@given(affines())
def test_an_inverse_undoes_on_both_sides(map_: affine.Affine) -> None:
    for outer, inner in ((affine.inverse(map_), map_), (map_, affine.inverse(map_))):
        np.testing.assert_allclose(affine.compose(outer, inner=inner), affine.identity(), atol=1e-6)


@given(affines(), affines(), affines())
def test_compositions_associate(a: affine.Affine, b: affine.Affine, c: affine.Affine) -> None:
    left = affine.compose(affine.compose(a, inner=b), inner=c)
    right = affine.compose(a, inner=affine.compose(b, inner=c))
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-6)


@given(point, factor, factor, st.floats(-4, 4), point)
def test_a_similarity_puts_its_point_at_the_centre(
    centre: tuple[float, float], x: float, y: float, angle: float, about: tuple[float, float]
) -> None:
    map_ = affine.similarity(centre, scale=(x, y), angle=angle, about=about)
    np.testing.assert_allclose(affine.apply(map_, points=np.array(about)), centre, atol=1e-6)
    assert np.isclose(np.linalg.det(map_[:, :2]), x * y)


def test_angles_turn_x_towards_y_after_the_scaling() -> None:
    map_ = affine.similarity((0, 0), scale=(3, 1), angle=np.pi / 2, about=(0, 0))
    np.testing.assert_allclose(
        affine.apply(map_, points=np.array([[1.0, 0], [0, 1]])), [[0, 3], [-1, 0]], atol=1e-12
    )
