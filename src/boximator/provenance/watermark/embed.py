"""Frames -> frames with the mark: the same faint pattern on every frame, stronger where there is texture."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from boximator.provenance.watermark.code import encoded
from boximator.provenance.watermark.pattern import (
    CELLS,
    TWO_TILES,
    cell_size,
    folded_tile,
    laid_out,
    rivals,
    soft_signs,
    tile_of,
)

TARGET_PSNR = 40.3
FLAT, BUSY = 2.0, 12.0
"""Local deviations (grey levels) between which the strength grows from its floor to 1."""
STRONG, GENTLE = 0.75, 0.25
"""Floors: strength in places without texture, relative to busy ones. Gentle is unseen in skies, too."""
SPARED = 1.7
"""Decibels by which a gentle mark is fainter from `ROOMY` pixels on the short side on."""
ROOMY = 512
SURE, SURE_QUALITY = 0.72, 35
"""Of its signs, how many a gentle mark must show after JPEG of that quality; otherwise it is strong."""
QUALITIES = (35, 65, 35, 65, 35, 65)
"""Of JPEG, which stands in for what codecs do to the mark; one round of strengthening for each."""
STEP, LEAST, MOST = 0.3, 0.4, 2.2
RADIUS = 0.6
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def embedded(
    frames: UInt8[np.ndarray, "frames rows columns 3"], payload: int, *, psnr: float = TARGET_PSNR
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """The frames with 64 bits in their brightness.

    The pattern is one for the whole clip, shaped by the texture of the mean frame, so it never flickers. It is as
    gentle as the picture allows; the difference to the frames is at least ``psnr`` decibels.
    """
    pattern = _chosen(_mean(frames), payload=payload, psnr=psnr)
    return np.stack([_added(frame, pattern) for frame in frames])


def _chosen(
    grey: Float[np.ndarray, "rows columns"], *, payload: int, psnr: float
) -> Float[np.ndarray, "rows columns"]:
    """The gentle pattern where it will be found again; small pictures have no room for it."""
    short = min(grey.shape)
    if short >= TWO_TILES:
        spared = SPARED * np.clip((short - ROOMY / 2) / (ROOMY / 2), 0, 1)
        gentle = _pushed(grey, payload=payload, floor=GENTLE, psnr=psnr + float(spared))
        if _shown(grey + gentle, payload=payload) >= SURE:
            return gentle
    return _pushed(grey, payload=payload, floor=STRONG, psnr=psnr)


def _shown(grey: Float[np.ndarray, "rows columns"], *, payload: int) -> float:
    """The share of the signs that is right after JPEG."""
    soft = soft_signs(_tile_left(grey, quality=SURE_QUALITY))
    return float(np.mean((soft > 0) == (encoded(payload) > 0)))


def _pushed(
    grey: Float[np.ndarray, "rows columns"], *, payload: int, floor: float, psnr: float
) -> Float[np.ndarray, "rows columns"]:
    """The pattern of one strength, its cells strengthened where JPEG leaves least."""
    tolerance = _tolerance(grey, floor=floor)
    gains = np.ones((CELLS, CELLS))
    for quality in QUALITIES:
        pattern = _pattern(payload, gains=gains, tolerance=tolerance, psnr=psnr)
        gains *= _pushes(_tile_left(grey + pattern, quality=quality), payload=payload)
        gains = np.clip(gains / np.sqrt(np.mean(gains**2)), LEAST, MOST)
    return _pattern(payload, gains=gains, tolerance=tolerance, psnr=psnr)


def _tile_left(grey: Float[np.ndarray, "rows columns"], *, quality: int) -> Float[np.ndarray, "64 64"]:
    cell = cell_size((grey.shape[0], grey.shape[1]))
    return folded_tile(residue(_coded(grey, quality=quality), cell=cell), cell=cell)


def residue(grey: Float[np.ndarray, "rows columns"], *, cell: float) -> Float[np.ndarray, "rows columns"]:
    """What a place differs from its surroundings by; large differences (edges) and rough places count less."""
    grey = grey.astype(np.float32)
    local = grey - cv2.GaussianBlur(grey, (0, 0), RADIUS * cell)
    spread = np.sqrt(cv2.GaussianBlur(local * local, (0, 0), 3 * cell)) + 1.5
    return np.clip(local / spread, -1.5, 1.5) / np.sqrt(spread)


def _pushes(tile: Float[np.ndarray, "64 64"], *, payload: int) -> Float[np.ndarray, "64 64"]:
    """Factors for all cells: above 1 for symbols that hardly stand out against others (Miller, Cox, Bloom 2000).

    Within a symbol those places count most where the likeliest mistakes differ from it.
    """
    margin, other = rivals(tile, payload=payload)
    weak = (margin.mean() - margin) / (np.abs(margin).mean() + 1e-9)
    telling = (1 - other * encoded(payload).reshape(other.shape)) / 2
    return laid_out(np.exp(STEP * (np.clip(weak, -2, 2)[:, None] + (telling - 0.5) / 2)))


def _coded(grey: Float[np.ndarray, "rows columns"], *, quality: int) -> Float[np.ndarray, "rows columns"]:
    """What is left after JPEG."""
    pixels = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32)


def _pattern(
    payload: int,
    *,
    gains: Float[np.ndarray, "64 64"],
    tolerance: Float[np.ndarray, "rows columns"],
    psnr: float,
) -> Float[np.ndarray, "rows columns"]:
    """What is added to every frame."""
    shape = (tolerance.shape[0], tolerance.shape[1])
    return _scaled(surface(tile_of(payload) * gains, shape=shape) * tolerance, psnr=psnr)


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


def _tolerance(grey: Float[np.ndarray, "rows columns"], *, floor: float) -> Float[np.ndarray, "rows columns"]:
    """How much a place hides: 1 in texture, ``floor`` on smooth ground."""
    side = max(3, round(min(grey.shape) / 32) | 1)
    mean = cv2.blur(grey, (side, side))
    deviation = np.sqrt(np.maximum(cv2.blur(grey * grey, (side, side)) - mean * mean, 0))
    return floor + (1 - floor) * np.clip((deviation - FLAT) / (BUSY - FLAT), 0, 1)


def _added(
    frame: UInt8[np.ndarray, "rows columns 3"], pattern: np.ndarray
) -> UInt8[np.ndarray, "rows columns 3"]:
    return np.clip(np.rint(frame + pattern[:, :, None]), 0, 255).astype(np.uint8)
