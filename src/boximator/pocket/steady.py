"""A noisy motion made steady: similar shapes, and smooth over time."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

_SHAPE_DEGREE = 2
_PLACE_DEGREE = 3


def _smoothed(
    values: Float[np.ndarray, "frames series"], *, degree: int
) -> Float[np.ndarray, "frames series"]:
    """Least-squares polynomials in time that keep the first value, which is known."""
    times = np.linspace(0, 1, len(values))[1:]
    powers = np.stack([times**k for k in range(1, degree + 1)], axis=1)
    moved = values[1:] - values[:1]
    solved, *_ = np.linalg.lstsq(powers, moved, rcond=None)
    return np.concatenate([values[:1], values[:1] + powers @ solved])


def steady(
    maps: Float[np.ndarray, "frames 2 3"], *, centre: Float[np.ndarray, "2"], aspect: float
) -> Float[np.ndarray, "frames 2 3"]:
    """Turn affine maps (normalised coordinates) into similarities that change smoothly.

    A young model's field has noise of its own in every frame; what it says of a thing's shearing and trembling is
    noise, what it says of place, size and turning over the whole clip is not. ``centre`` is the thing's middle in
    the first picture, ``aspect`` the picture's width over its height.
    """
    linear, square = maps[:, :, :2], np.array([[1.0, aspect], [1 / aspect, 1.0]])
    upright = linear * square  # in units of height on both axes
    grown = (upright[:, 0, 0] + upright[:, 1, 1]) / 2
    turned = (upright[:, 1, 0] - upright[:, 0, 1]) / 2
    shape = _smoothed(np.stack([grown, turned], axis=1), degree=_SHAPE_DEGREE)
    places = _smoothed(linear @ centre + maps[:, :, 2], degree=_PLACE_DEGREE)
    similar = np.stack(
        [np.stack([shape[:, 0], -shape[:, 1]], axis=1), np.stack([shape[:, 1], shape[:, 0]], axis=1)], axis=1
    )
    back = similar / square
    return np.concatenate([back, (places - back @ centre)[:, :, None]], axis=2)
