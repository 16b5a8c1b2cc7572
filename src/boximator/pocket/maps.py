"""Affine maps of the first picture's points: in shares of the frame, in pixels, and fitted to a field."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def pixel_map(map_: Float[np.ndarray, "2 3"], *, width: int, height: int) -> Float[np.ndarray, "2 3"]:
    """A map of normalised points as a map of pixel centres."""
    linear = map_[:, :2] * np.array([[1, width / height], [height / width, 1]])
    shift = map_[:, 2] * np.array([width, height]) + linear @ np.array([0.5, 0.5]) - 0.5
    return np.concatenate([linear, shift[:, None]], axis=1)


def centres(rows: int, *, columns: int) -> Float[np.ndarray, "cells 3"]:
    """Normalised x, y, 1 of the centres of a grid's cells, row by row."""
    ys, xs = np.mgrid[0:rows, 0:columns]
    return np.stack(
        [(xs.ravel() + 0.5) / columns, (ys.ravel() + 0.5) / rows, np.ones(rows * columns)], axis=1
    )


def fit_displacement(
    points: Float[np.ndarray, "cells 3"],
    *,
    displacement: Float[np.ndarray, "later cells 2"],
    weights: Float[np.ndarray, " cells"],
    ridge: float,
    cell: float,
) -> Float[np.ndarray, "later 2 3"]:
    """Weighted least squares of an affine displacement for every frame.

    ``ridge`` (in cells, of area ``cell``) pulls turning, growing and shearing towards none: a thing of few cells
    cannot show them.
    """
    mean = (weights[:, None] * points[:, :2]).sum(0) / max(weights.sum(), 1e-9)
    local = np.concatenate([points[:, :2] - mean, np.ones((len(points), 1))], axis=1)
    gram = (local * weights[:, None]).T @ local + ridge * cell * np.diag([1.0, 1.0, 0.0])
    gram += 1e-9 * np.eye(3)
    right = np.einsum("nk,n,tnc->tkc", local, weights, displacement)
    solved = np.linalg.solve(gram[None], right).transpose(0, 2, 1)
    shift = solved[:, :, 2] - solved[:, :, :2] @ mean
    return np.concatenate([solved[:, :, :2], shift[:, :, None]], axis=2)
