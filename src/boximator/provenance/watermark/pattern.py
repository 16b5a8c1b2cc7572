"""The pattern: a tile of 64 x 64 cells, each a sign, laid over the frame again and again.

The short side of the frame is one tile, or two from 240 pixels on. A quarter of the cells are the same in every
mark and say where the tile lies (sync); the others carry the payload, each of its 1536 signs in two cells.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from jaxtyping import Float, Int

from boximator.provenance.watermark.code import SIGNS, SYMBOLS, WORD, correlations, encoded, words_of

CELLS = 64
"""Cells on a side of the tile."""
REPEATS = 2
SYNC = CELLS * CELLS - REPEATS * SIGNS
TWO_TILES = 240
"""From this short side on, in pixels, two tiles lie along it: small cells differ more from what pictures show."""
SAMPLES = 3
"""Samples for one cell, along each axis, while the place of the tile is looked for."""
SIDE = CELLS * SAMPLES
KEY = 0x60C51A70
NEAR = 0.15
"""Other words whose fit is worse than the best one's by this share of the mean margin hardly count as rivals."""


@functools.cache
def places() -> Int[np.ndarray, "4096"]:
    """The cells in the order in which they are used: sync first, then the signs, then the signs again."""
    return np.random.Generator(np.random.PCG64(KEY)).permutation(CELLS * CELLS)


@functools.cache
def sync_tile() -> Float[np.ndarray, "64 64"]:
    """The signs of the sync cells, 0 elsewhere."""
    tile = np.zeros(CELLS * CELLS)
    tile[places()[:SYNC]] = np.random.Generator(np.random.PCG64(KEY + 1)).choice([-1.0, 1.0], SYNC)
    return tile.reshape(CELLS, CELLS)


@functools.cache
def masks() -> Float[np.ndarray, "3072"]:
    """Signs that every data cell is multiplied by, so that no payload makes stripes."""
    return np.random.Generator(np.random.PCG64(KEY + 2)).choice([-1.0, 1.0], REPEATS * SIGNS)


def tile_of(payload: int) -> Float[np.ndarray, "64 64"]:
    """All cells of a payload, -1 or 1."""
    tile = sync_tile().reshape(-1).copy()
    tile[places()[SYNC:]] = np.tile(encoded(payload), REPEATS) * masks()
    return tile.reshape(CELLS, CELLS)


def soft_signs(tile: Float[np.ndarray, "64 64"]) -> Float[np.ndarray, "1536"]:
    """The signs that a measured tile holds: both cells of each together."""
    values = tile.reshape(-1)[places()[SYNC:]] * masks()
    return values.reshape(REPEATS, SIGNS).sum(axis=0)


def cell_size(shape: tuple[int, int]) -> float:
    """Pixels along a side of a cell, in a frame of so many rows and columns."""
    return min(shape) / CELLS / (1 if min(shape) < TWO_TILES else 2)


def folded(grey: Float[np.ndarray, "rows columns"], *, cell: float) -> Float[np.ndarray, "192 192"]:
    """All repetitions of the tile on top of each other: the sum of what there is of each sample."""
    rows, columns = (max(SAMPLES, round(side / cell * SAMPLES)) for side in grey.shape)
    method = cv2.INTER_AREA if cell > SAMPLES else cv2.INTER_LINEAR
    small = cv2.resize(grey, (columns, rows), interpolation=method)
    total = np.zeros((SIDE, SIDE))
    for top in range(0, rows, SIDE):
        for left in range(0, columns, SIDE):
            part = small[top : top + SIDE, left : left + SIDE]
            total[: part.shape[0], : part.shape[1]] += part
    return total


def cells(samples: Float[np.ndarray, "192 192"]) -> Float[np.ndarray, "64 64"]:
    """The mean of each cell's samples."""
    return samples.reshape(CELLS, SAMPLES, CELLS, SAMPLES).mean(axis=(1, 3))


def folded_tile(grey: Float[np.ndarray, "rows columns"], *, cell: float) -> Float[np.ndarray, "64 64"]:
    """The tile that a frame shows if nothing was cut off."""
    return cells(folded(grey, cell=cell))


def rivals(
    tile: Float[np.ndarray, "64 64"], *, payload: int
) -> tuple[Float[np.ndarray, "12"], Float[np.ndarray, "12 128"]]:
    """What a payload is in danger of being taken for, in a tile.

    Returns, for each symbol, its margin (by how much it fits better than the best other word), and the sign that the
    strongest other words have at each of its places, -1 to 1.
    """
    soft = soft_signs(tile)
    scores = correlations(soft)
    signs = encoded(payload).reshape(SYMBOLS, WORD).astype(float)
    own = (soft.reshape(SYMBOLS, WORD) * signs).sum(axis=1)
    words = np.abs(correlations(signs.reshape(-1))).argmax(axis=1)
    others = np.abs(scores)
    others[np.arange(SYMBOLS), words] = 0
    best = others.max(axis=1, keepdims=True)
    spread = NEAR * np.abs(own - best[:, 0]).mean() + 1e-9
    likely = np.exp((others - best) / spread)
    likely /= likely.sum(axis=1, keepdims=True)
    return own - best[:, 0], words_of(likely * np.sign(scores))


def laid_out(gains: Float[np.ndarray, "12 128"]) -> Float[np.ndarray, "64 64"]:
    """A number for each sign of each symbol, at the cells that carry it; 1 at sync cells."""
    tile = np.ones(CELLS * CELLS)
    tile[places()[SYNC:]] = np.tile(gains.reshape(-1), REPEATS)
    return tile.reshape(CELLS, CELLS)
