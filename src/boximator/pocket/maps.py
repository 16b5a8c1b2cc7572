"""Affine maps of the first picture's points: in shares of the frame, in pixels, and fitted to a field."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float

_STEEPEST = 1.5  # growth of a displacement over its distance: beyond it a window lies across two things
_FEWEST = {3: 6, 2: 4}  # cells that a motion found in a window of this side must explain


def pixel_map(map_: Float[np.ndarray, "2 3"], *, width: int, height: int) -> Float[np.ndarray, "2 3"]:
    """A map of normalised points as a map of pixel centres."""
    linear = map_[:, :2] * np.array([[1, width / height], [height / width, 1]])
    shift = map_[:, 2] * np.array([width, height]) + linear @ np.array([0.5, 0.5]) - 0.5
    return np.concatenate([linear, shift[:, None]], axis=1)


def composed(
    maps: Float[np.ndarray, "frames 2 3"], *, after: Float[np.ndarray, "frames 2 3"]
) -> Float[np.ndarray, "frames 2 3"]:
    """Frame by frame the map that does ``after`` first and then ``maps``."""
    linear = maps[:, :, :2] @ after[:, :, :2]
    shift = maps[:, :, :2] @ after[:, :, 2:] + maps[:, :, 2:]
    return np.concatenate([linear, shift], axis=2)


def inverted(maps: Float[np.ndarray, "frames 2 3"]) -> Float[np.ndarray, "frames 2 3"]:
    """Frame by frame the map that undoes ``maps``."""
    back = np.linalg.inv(maps[:, :, :2])
    return np.concatenate([back, -back @ maps[:, :, 2:]], axis=2)


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


@dataclass(frozen=True)
class Exact:
    """An affine displacement and the cells of the first picture that make it and nothing else."""

    fit: Float[np.ndarray, "later 2 3"]
    cells: Bool[np.ndarray, "rows columns"]


def roughness(field: Float[np.ndarray, "later rows columns 2"], *, side: int) -> Float[np.ndarray, "r c"]:
    """For every window of ``side`` x ``side`` cells the root-mean-square error of the best affine displacement."""
    rows, columns = field.shape[1] - side + 1, field.shape[2] - side + 1
    spots = [(y, x) for y in range(side) for x in range(side)]
    exact = field.astype(np.float32)
    windows = np.stack([exact[:, y : y + rows, x : x + columns] for y, x in spots])
    basis = np.linalg.svd(centres(side, columns=side))[0][:, 3:]  # what no affine displacement can make
    rest = np.tensordot(basis.T.astype(np.float32), windows, axes=1)
    return np.sqrt(2 * np.square(rest).mean((0, 1, 4)) * (basis.shape[1] / side**2))


def _grown(
    window: Bool[np.ndarray, " cells"],
    *,
    free: Bool[np.ndarray, " cells"],
    points: Float[np.ndarray, "cells 3"],
    displacement: Float[np.ndarray, "later cells 2"],
    tolerance: float,
) -> tuple[Float[np.ndarray, "later 2 3"], Bool[np.ndarray, " cells"]]:
    """Fit a window's displacement, and again on all free cells that make it."""
    cells = window
    fit = np.zeros((len(displacement), 2, 3))
    for _ in range(3):
        own = displacement[:, cells]
        fit = fit_displacement(
            points[cells], displacement=own, weights=np.ones(own.shape[1]), ridge=0.0, cell=1.0
        )
        error = displacement - points @ fit.transpose(0, 2, 1)
        cells = free & (np.square(error).sum(-1).mean(0) < tolerance**2)
        if cells.sum() < 3 or np.abs(fit[:, :, :2]).max() > _STEEPEST:
            return fit, np.zeros_like(free)
    return fit, cells


def exact_motions(
    field: Float[np.ndarray, "later rows columns 2"], *, tolerance: float, most: int
) -> list[Exact]:
    """The affine displacements that an almost noiseless field is made of, those of the smoothest windows first.

    ``tolerance`` (of the frame) is the error at which a cell still makes a displacement. Cells across two things
    make none and stay out (`shares` tells what they are made of).
    """
    later, rows, columns, _ = field.shape
    points, displacement = centres(rows, columns=columns), field.reshape(later, -1, 2)
    numbers = np.arange(rows * columns).reshape(rows, columns)
    free, found = np.ones(rows * columns, bool), list[Exact]()
    for side, fewest in _FEWEST.items():
        rough = roughness(field, side=side)
        while len(found) < most:
            whole = np.lib.stride_tricks.sliding_window_view(free.reshape(rows, columns), (side, side))
            rough[~whole.all((2, 3))] = np.inf
            row, column = divmod(int(rough.argmin()), rough.shape[1])
            if rough[row, column] >= tolerance:
                break
            rough[row, column] = np.inf
            window = np.zeros_like(free)
            window[numbers[row : row + side, column : column + side]] = True
            fit, cells = _grown(
                window, free=free, points=points, displacement=displacement, tolerance=tolerance
            )
            if cells.sum() >= fewest:
                free = free & ~cells
                found.append(Exact(fit=fit, cells=cells.reshape(rows, columns)))
    return found


def shares(
    displacement: Float[np.ndarray, "later cells 2"],
    *,
    expected: Float[np.ndarray, "things later cells 2"],
    possible: Bool[np.ndarray, "cells things"],
) -> tuple[Float[np.ndarray, "cells things"], Float[np.ndarray, " cells"]]:
    """How much of every cell is of which thing, and the error (of the frame) that this leaves.

    A cell moves by the mean of what is in it. It is taken to be of one thing or of two: least squares over all frames,
    the best pair of things that are ``possible``.
    """
    wanted = rearrange(displacement, "later cells xy -> cells (later xy)")
    moves = rearrange(expected, "things later cells xy -> things cells (later xy)")
    every, things = np.arange(len(possible)), range(len(moves))
    share, least = np.zeros(possible.shape), np.full(len(possible), np.inf)
    for one, other in combinations_with_replacement(things, 2):
        apart, rest = moves[one] - moves[other], wanted - moves[other]
        part = (apart * rest).sum(1) / np.maximum(np.square(apart).sum(1), 1e-12)
        part = np.clip(part, 0, 1) if one != other else np.ones_like(part)
        error = np.square(rest - part[:, None] * apart).mean(1)
        better = possible[:, one] & possible[:, other] & (error < least)
        least = np.where(better, error, least)
        share[better] = 0
        share[every[better], other] = 1 - part[better]
        share[every[better], one] += part[better]
    return share, np.sqrt(2 * least)
