"""2x3 affine maps in pixel coordinates: compose, invert, apply."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

Affine = Float[np.ndarray, "2 3"]


def identity() -> Affine:
    """The map that changes nothing."""
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def similarity(
    centre: tuple[float, float], *, scale: tuple[float, float], angle: float, about: tuple[float, float]
) -> Affine:
    """Scale, then turn by ``angle`` radians about the point ``about``, then put that point at ``centre``.

    Positive angles turn x towards y: clockwise as seen, since y points down.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag(scale)
    shift = np.asarray(centre) - linear @ np.asarray(about)
    return np.concatenate([linear, shift[:, None]], axis=1)


def compose(outer: Affine, *, inner: Affine) -> Affine:
    """The map ``x -> outer(inner(x))``."""
    linear = outer[:, :2] @ inner[:, :2]
    shift = outer[:, :2] @ inner[:, 2] + outer[:, 2]
    return np.concatenate([linear, shift[:, None]], axis=1)


def inverse(affine: Affine) -> Affine:
    """The map that undoes ``affine``."""
    linear = np.linalg.inv(affine[:, :2])
    return np.concatenate([linear, -(linear @ affine[:, 2])[:, None]], axis=1)


def apply(affine: Affine, *, points: Float[np.ndarray, "*any 2"]) -> Float[np.ndarray, "*any 2"]:
    """Map points given as x, y in the last axis."""
    return points @ affine[:, :2].T + affine[:, 2]
