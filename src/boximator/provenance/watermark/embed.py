"""Frames -> frames with the mark: the same faint pattern on every frame, stronger where there is texture."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from boximator.provenance.watermark.code import SYMBOLS, WORD
from boximator.provenance.watermark.pattern import (
    CELLS,
    REPEATS,
    cell_size,
    folded_tile,
    laid_out,
    margins,
    tile_of,
)

TARGET_PSNR = 40.3
FLOOR, FLAT, BUSY = 0.75, 2.0, 12.0
"""Strength in places without texture, relative to busy ones; local deviations (grey levels) between which it grows."""
ROUNDS, STEP, LEAST, MOST = 40, 0.15, 0.4, 2.0
RADIUS = 0.6
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def embedded(
    frames: UInt8[np.ndarray, "frames rows columns 3"], payload: int, *, psnr: float = TARGET_PSNR
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """The frames with 64 bits in their brightness.

    The pattern is one for the whole clip, shaped by the texture of the mean frame, so it never flickers; its
    strength is such that the difference to the frames is ``psnr`` decibels.
    """
    shape = (frames.shape[1], frames.shape[2])
    grey = _mean(frames)
    tolerance = _tolerance(grey)
    pattern = _scaled(surface(tile_of(payload), shape=shape) * tolerance, psnr=psnr)
    cell = cell_size(shape)
    host, marked = (folded_tile(residue(seen, cell=cell), cell=cell) for seen in (grey, grey + pattern))
    tile = tile_of(payload) * _weights(payload, host=host, marked=marked)
    pattern = _scaled(surface(tile, shape=shape) * tolerance, psnr=psnr)
    return np.stack([_added(frame, pattern) for frame in frames])


def residue(grey: Float[np.ndarray, "rows columns"], *, cell: float) -> Float[np.ndarray, "rows columns"]:
    """What a place differs from its surroundings by; large differences (edges) and rough places count less."""
    grey = grey.astype(np.float32)
    local = grey - cv2.GaussianBlur(grey, (0, 0), RADIUS * cell)
    spread = np.sqrt(cv2.GaussianBlur(local * local, (0, 0), 3 * cell)) + 1.5
    return np.clip(local / spread, -1.5, 1.5) / np.sqrt(spread)


def _weights(
    payload: int, *, host: Float[np.ndarray, "64 64"], marked: Float[np.ndarray, "64 64"]
) -> Float[np.ndarray, "64 64"]:
    """A strength for each symbol: more for those that the picture itself speaks against (Miller, Cox, Bloom 2000)."""
    tile = tile_of(payload)
    strength = float(np.mean((marked - host) * tile))
    own = margins(host, payload=payload)
    gains = np.ones(SYMBOLS)
    for _ in range(ROUNDS):
        margin = own + strength * gains * WORD * REPEATS
        gains *= np.exp(STEP * (margin.mean() - margin) / (np.abs(margin).mean() + 1e-9))
        gains = np.clip(gains / np.sqrt(np.mean(gains**2)), LEAST, MOST)
    return laid_out(gains)


def _scaled(pattern: np.ndarray, *, psnr: float) -> Float[np.ndarray, "rows columns"]:
    return pattern * (255.0 / 10 ** (psnr / 20) / np.sqrt(np.mean(pattern**2)))


def surface(tile: Float[np.ndarray, "64 64"], *, shape: tuple[int, int]) -> Float[np.ndarray, "rows columns"]:
    """The tile over a whole frame, its cells with soft edges; see `cell_size`."""
    cell = cell_size(shape)
    tile = tile.astype(np.float32)
    rows, columns = (np.arange(side, dtype=np.float32) for side in shape)
    across, down = np.meshgrid((columns + 0.5) / cell - 0.5, (rows + 0.5) / cell - 0.5)
    margin = 2
    wrapped = np.pad(tile, margin, mode="wrap")
    return cv2.remap(wrapped, across % CELLS + margin, down % CELLS + margin, cv2.INTER_CUBIC)


def _mean(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Float[np.ndarray, "rows columns"]:
    """Brightness of the mean of a few frames."""
    few = frames[:: max(1, len(frames) // 4)]
    return np.mean([frame @ LUMA for frame in few], axis=0).astype(np.float32)


def _tolerance(grey: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows columns"]:
    """How much a place hides: 1 in texture, `FLOOR` on smooth ground."""
    side = max(3, round(min(grey.shape) / 32) | 1)
    mean = cv2.blur(grey, (side, side))
    deviation = np.sqrt(np.maximum(cv2.blur(grey * grey, (side, side)) - mean * mean, 0))
    return FLOOR + (1 - FLOOR) * np.clip((deviation - FLAT) / (BUSY - FLAT), 0, 1)


def _added(
    frame: UInt8[np.ndarray, "rows columns 3"], pattern: np.ndarray
) -> UInt8[np.ndarray, "rows columns 3"]:
    return np.clip(np.rint(frame + pattern[:, :, None]), 0, 255).astype(np.uint8)
