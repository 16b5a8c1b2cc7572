from __future__ import annotations

import numpy as np

from boximator.world.body_shadow import floor_places, shadows


def test_a_shadow_lies_where_the_light_is_kept_off() -> None:
    xs = np.linspace(-3, 3, 61)
    floor = np.stack([xs, np.zeros_like(xs), np.zeros_like(xs)], -1)[None]
    kept = shadows(floor, light=(1.0, 0.0, 1.0), centres=np.array([[0.0, 0.0, 1.0]]), radii=np.array([0.3]))[
        0
    ]
    assert abs(xs[kept.argmin()] + 1) < 0.11, "a metre up, light at 45 degrees: a metre to the other side"
    assert kept.min() < 0.5
    assert (kept[xs > 0] == 1).all()


def test_the_floor_is_where_it_looks_to_be() -> None:
    """A camera two metres up that looks straight down and sees a metre to every side."""
    eye = (0.0, 0.0, 2.0)
    inverse = np.array([[2.0, 0, 0, 0], [0, 2.0, 0, 0], [0, 0, 0, -2.0], [0, 0, 0, 1.0]])
    floor = floor_places(inverse, eye=eye, size=(2, 4))
    assert np.allclose(floor[..., 2], 0)
    assert np.allclose(floor[0, :, 0], [-0.75, -0.25, 0.25, 0.75])
    assert np.allclose(floor[:, 0, 1], [0.5, -0.5])
