"""How much of every place of the first picture is of a thing, on a grid finer than the state's."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Bool, Float

from boximator.pocket.maps import centres

FINE = 4  # outlines are sought on a grid this many times finer than the state's


def share_moved(
    fit: Float[np.ndarray, "later 2 3"],
    *,
    region: Bool[np.ndarray, "rows columns"],
    relative: Float[np.ndarray, "later rows columns 2"],
) -> Float[np.ndarray, "fine_rows fine_columns"]:
    """How much of each fine cell moves with the object: its displacement measured against the object's."""
    rows, columns = region.shape
    fine = centres(rows * FINE, columns=columns * FINE)
    expected = (fine @ fit.transpose(0, 2, 1)).reshape(len(fit), rows * FINE, columns * FINE, 2)
    size = (columns * FINE, rows * FINE)
    shown = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) for frame in relative])
    share = (shown * expected).sum((0, 3)) / np.maximum((expected**2).sum((0, 3)), 1e-6)
    near = cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8))
    window = cv2.resize(near.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.clip(share, 0, 1) * np.clip(2 * window, 0, 1)


def share_told(
    region: Bool[np.ndarray, "rows columns"],
    *,
    elsewhere: Bool[np.ndarray, "rows columns"],
    thing: Float[np.ndarray, "rows columns"],
) -> Float[np.ndarray, "fine_rows fine_columns"]:
    """How much of each fine cell is the thing that stands in a region; ``elsewhere`` is what other things stand in."""
    size = (region.shape[1] * FINE, region.shape[0] * FINE)
    near = (cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & ~elsewhere
    window = cv2.resize(near.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    fine = cv2.resize(thing.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.clip(fine, 0, 1) * np.clip(2 * window - 0.5, 0, 1)
