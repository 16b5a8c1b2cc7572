"""Self-tracking in pixels: the coloured boxes on a target video, before the base's autoencoder sees it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, UInt8

Film = UInt8[np.ndarray, "frames height width 3"]


def painted(
    film: Film,
    *,
    boxes: Float[np.ndarray, "frames 8 4"],
    colours: Float[np.ndarray, "8 3"],
    present: Bool[np.ndarray, " 8"],
    line: int,
    first: int = 0,
) -> Film:
    """A copy with the outline of every present box, drawn inwards; an object outside (a segment) has none.

    Args:
        film: the video.
        boxes: normalised and clamped, slot by slot.
        colours: RGB in [0, 1] of each slot.
        present: which slots hold an object.
        line: width in pixels. One latent of the autoencoder, or the outline would be lost in it.
        first: frames before this one stay as they are (1 where the first is a given picture).
    """
    out = film.copy()
    height, width = film.shape[1:3]
    for t in range(first, len(film)):
        for slot in np.flatnonzero(present):
            x0, y0, x1, y1 = boxes[t, slot] * (width, height, width, height)
            left, top, right, bottom = (
                int(np.floor(x0)),
                int(np.floor(y0)),
                int(np.ceil(x1)),
                int(np.ceil(y1)),
            )
            if x1 <= x0 or y1 <= y0:
                continue
            paint = np.round(colours[slot] * 255).astype(np.uint8)
            inside = out[t, top:bottom, left:right]
            kept = inside[line:-line, line:-line].copy()
            inside[:] = paint
            if kept.size:
                inside[line:-line, line:-line] = kept
    return out
