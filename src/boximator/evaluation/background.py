"""Whether what no box asked to move stood still."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, UInt8

BEST = 60.0
"""dB at which a background counts as unchanged; the same pixels would be infinite."""
_AROUND = 0.03  # share of the frame by which boxes are widened: about one state cell
_LEAST = 0.05  # share of a frame that must be left to compare


def _outside_boxes(
    boxes: Float[np.ndarray, "boxes 4"], *, size: tuple[int, int]
) -> Bool[np.ndarray, "rows columns"]:
    rows, columns = size
    y, x = (np.arange(rows) + 0.5) / rows, (np.arange(columns) + 0.5) / columns
    left, top, right, bottom = (
        boxes.T[..., None] + np.array([-_AROUND, -_AROUND, _AROUND, _AROUND])[:, None, None]
    )
    across = (x > left) & (x < right)
    down = (y > top) & (y < bottom)
    return ~np.einsum("br,bc->rc", down, across).astype(bool)


def background_psnr(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    *,
    first: UInt8[np.ndarray, "rows columns 3"],
    boxes: Float[np.ndarray, "frames boxes 4"],
) -> float | None:
    """PSNR in dB of frames 1 to T-1 against the first frame, outside all boxes of the frame and of frame 0.

    Only for scenes whose camera stands still. ``boxes`` are the requested and the observed ones, zero where there
    is none. None where less than a twentieth of the picture is left.
    """
    error, count = 0.0, 0
    for t in range(1, len(frames)):
        kept = _outside_boxes(np.concatenate([boxes[0], boxes[t]]), size=first.shape[:2])
        error += float(np.square(frames[t][kept].astype(float) - first[kept]).sum())
        count += int(kept.sum())
    if count < _LEAST * (len(frames) - 1) * first[..., 0].size:
        return None
    mean = error / (3 * count)
    return BEST if mean == 0 else float(min(BEST, 10 * np.log10(255**2 / mean)))
