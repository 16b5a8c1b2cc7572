"""Soft shadows of bodies on the floor: those of balls of their size, which nobody sees are not their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

_DARKEST = 0.6


def shadows(
    floor: Float[np.ndarray, "height width 3"],
    *,
    light: Sequence[float],
    centres: Float[np.ndarray, "bodies 3"],
    radii: Float[np.ndarray, " bodies"],
) -> Float[np.ndarray, "height width"]:
    """How much light reaches each place: 1 all, 0.4 the least. ``light`` points to where it comes from."""
    towards = np.asarray(light, float) / np.linalg.norm(light)
    kept = np.ones(floor.shape[:2])
    for centre, radius in zip(centres, radii, strict=True):
        way = centre - floor
        along = way @ towards
        apart = np.linalg.norm(way - along[..., None] * towards, axis=-1)
        blur = 0.25 * radius + 0.12 * max(float(centre[2]) - radius, 0.0)  # softer from higher up
        hidden = np.clip((0.85 * radius + blur - apart) / (2 * blur), 0, 1)
        kept *= 1 - _DARKEST * hidden * hidden * (3 - 2 * hidden) * (along > 0)
    return kept


def floor_places(
    inverse: Float[np.ndarray, "4 4"], *, eye: Sequence[float], size: tuple[int, int]
) -> Float[np.ndarray, "height width 3"]:
    """Where on the floor (z = 0) the middle of each pixel lies; far below it for those that see none.

    ``inverse`` takes places in the picture (x and y from -1 to 1, y up) back to places on the stage.
    """
    height, width = size
    ys, xs = np.mgrid[0:height, 0:width] + 0.5
    shown = np.stack([2 * xs / width - 1, 1 - 2 * ys / height, np.ones_like(xs), np.ones_like(xs)], -1)
    far = shown @ inverse.T
    way = far[..., :3] / far[..., 3:] - np.asarray(eye)
    steps = np.asarray(eye)[2] / np.maximum(-way[..., 2:], 1e-6)
    return np.asarray(eye) + way * steps
