"""Where a thing of a photograph went: its first box, looked for in a later frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.scene.box import clamp

_SIDE = 160  # longest side of the pictures that are compared
SCALES = (0.55, 0.65, 0.75, 0.86, 1.0, 1.15, 1.32, 1.5, 1.75)
"""Sizes that are tried, as factors on the first box."""
_LEAST = 5  # pixels


@dataclass(frozen=True)
class Arrival:
    """The most similar place: its box, the correlation there (-1 to 1), and its size beside the first box."""

    box: Float[np.ndarray, " 4"]
    likeness: float
    scale: float


def _small(frame: UInt8[np.ndarray, "rows columns 3"]) -> Float32[np.ndarray, "r c 3"]:
    scale = min(1.0, _SIDE / max(frame.shape[:2]))
    size = (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale)))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _oval(rows: int, *, columns: int) -> Float32[np.ndarray, "rows columns"]:
    """Weights of a box: its corners mostly show what is behind the thing."""
    y, x = np.mgrid[:rows, :columns]
    away = np.square((2 * x + 1) / columns - 1) + np.square((2 * y + 1) / rows - 1)
    return (away <= 1.1).astype(np.float32)


def find(
    frame: UInt8[np.ndarray, "rows columns 3"], *, first: UInt8[np.ndarray, "rows columns 3"],
    box: Float[np.ndarray, " 4"], scales: Sequence[float] = SCALES,
) -> Arrival | None:  # fmt: skip
    """The place in ``frame`` that is most like the oval in ``box`` (normalised) of the first frame, over scales.

    None where the box is too small to tell.
    """
    before, after = _small(first), _small(frame)
    rows, columns = before.shape[:2]
    x0, y0, x1, y1 = np.round(clamp(box) * [columns, rows, columns, rows]).astype(int)
    template = before[y0:y1, x0:x1]
    if min(template.shape[:2]) < _LEAST:
        return None
    best: Arrival | None = None
    for scale in scales:
        width, height = round(template.shape[1] * scale), round(template.shape[0] * scale)
        if min(width, height) < _LEAST or width > columns or height > rows:
            continue
        sized = cv2.resize(template, (width, height), interpolation=cv2.INTER_LINEAR)
        likeness = cv2.matchTemplate(after, sized, cv2.TM_CCOEFF_NORMED, mask=_mask(height, columns=width))
        likeness = np.where(np.isfinite(likeness), likeness, -1.0)
        row, column = divmod(int(likeness.argmax()), likeness.shape[1])
        if best is None or likeness[row, column] > best.likeness:
            found = np.array([column, row, column + width, row + height]) / [columns, rows, columns, rows]
            best = Arrival(box=found, likeness=float(likeness[row, column]), scale=scale)
    return best


def _mask(rows: int, *, columns: int) -> Float32[np.ndarray, "rows columns 3"]:
    return np.repeat(_oval(rows, columns=columns)[..., None], 3, axis=-1)
