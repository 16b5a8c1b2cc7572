"""Where the first picture of a contact sheet lies, told from the white lines between its pictures alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float

from boximator.video.writer import SHEET_GAP

LEAST, MOST = 32, 24
"""Pixels along a side of a picture of a sheet; pictures along a side of the sheet."""
WHITE, DARKEST = 240.0, 200.0
"""Least mean and least value of a line that is taken for white: the watermark and JPEG stain it a little."""


def first_panels(grey: Float[np.ndarray, "rows columns"]) -> Iterator[tuple[int, int]]:
    """Rows and columns of the upper left picture, for every way in which this may be a sheet of several pictures."""
    down, across = (_sides(_white(lines)) for lines in (grey, grey.T))
    for rows in down:
        for columns in across:
            if (rows, columns) != grey.shape:
                yield rows, columns


def _white(lines: Float[np.ndarray, "lines pixels"]) -> Bool[np.ndarray, " lines"]:
    return (lines.mean(axis=1) > WHITE) & (lines.min(axis=1) > DARKEST)


def _sides(white: Bool[np.ndarray, " lines"]) -> list[int]:
    """The lengths that pictures may have if so many of them, with white lines between, make the whole length."""
    out: list[int] = []
    for count in range(1, MOST + 1):
        stride, left = divmod(len(white) + SHEET_GAP, count)
        if left or stride - SHEET_GAP < LEAST:
            continue
        gaps = np.arange(1, count)[:, None] * stride - np.arange(1, SHEET_GAP + 1)
        if white[gaps].all():
            out.append(stride - SHEET_GAP)
    return out
