"""Where the pixels of a frame stand in frame 0: backward flow, from the exact forward flow of a clip."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32

from boximator.data.example import cells
from boximator.world.clip import Clip

_SEEN = 0.05  # share of a pixel that must be seen for its flow to be known


@dataclass(frozen=True)
class Backward:
    """For frames 1 to T-1, in each frame's own coordinates.

    ``flow`` leads from a place to where it was in frame 0, in fractions of width and height; where nothing of frame 0
    is seen it is that of the nearest place where something is. ``visible`` is the share (0..1) seen in frame 0.
    """

    flow: Float32[np.ndarray, "later 2 rows columns"]
    visible: Float32[np.ndarray, "later rows columns"]


def backward(clip: Clip) -> Backward:
    """Splat the forward flow of a clip made with ``stride=1, spread=0``; values for every pixel."""
    assert clip.flow.shape[2:] == clip.size, "the flow of every pixel is needed: stride=1"
    height, width = clip.size
    scale = np.array([width, height], np.float32).reshape(2, 1, 1)
    frames = [
        _splat(flow * scale, seen=seen) for flow, seen in zip(clip.flow[1:], clip.visibility[1:], strict=True)
    ]
    flow = np.stack([flow / scale for flow, _ in frames]).astype(np.float32)
    return Backward(flow=flow, visible=np.stack([visible for _, visible in frames]))


def in_cells(full: Backward) -> Backward:
    """Averages over state cells; the flow is that of the part of a cell that is seen, if any is."""
    visible = np.stack([cells(plane) for plane in full.visible])
    share = np.maximum(full.visible, 1e-3)[:, None]
    weights = np.stack([cells(plane[0]) for plane in share])[:, None]
    flow = np.stack([[cells(axis) for axis in frame] for frame in full.flow * share]) / weights
    return Backward(flow=flow.astype(np.float32), visible=visible)


def _area(flow: Float32[np.ndarray, "2 height width"]) -> Float32[np.ndarray, "height width"]:
    """How many pixels one pixel becomes. The median drops the wild values between two things."""
    across, down = np.gradient(flow, axis=2), np.gradient(flow, axis=1)
    area = (1 + across[0]) * (1 + down[1]) - across[1] * down[0]
    return cv2.medianBlur(np.clip(area, 0.1, 8).astype(np.float32), 5)


def _splat(
    flow: Float[np.ndarray, "2 height width"], *, seen: Float32[np.ndarray, "height width"]
) -> tuple[Float32[np.ndarray, "2 height width"], Float32[np.ndarray, "height width"]]:
    """Backward flow (pixels) and visibility of one frame.

    Every seen pixel is laid over the four pixels round its place, as much as its area says. Nothing hides behind it:
    visibility has left out what is hidden.
    """
    height, width = seen.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    kept = seen > 0.5
    goes, area = np.stack([xs + flow[0], ys + flow[1]])[:, kept], _area(flow.astype(np.float32))[kept]
    low = np.floor(goes).astype(np.int64)
    sums = np.zeros((3, height * width))
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        x, y = low[0] + dx, low[1] + dy
        share = area * (1 - np.abs(goes[0] - x)) * (1 - np.abs(goes[1] - y))
        held = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        at = (y * width + x)[held]
        for row, values in enumerate((np.ones_like(share), *(-flow[:, kept]))):
            sums[row] += np.bincount(at, weights=(share * values)[held], minlength=height * width)
    total = sums[0].reshape(height, width)
    known = total > _SEEN
    back = (sums[1:] / np.maximum(sums[0], 1e-6)).reshape(2, height, width)
    # What grows by more than half leaves slits between its pixels.
    visible = cv2.morphologyEx(np.minimum(total, 1).astype(np.float32), cv2.MORPH_CLOSE, np.ones((3, 3)))
    return _spread(back.astype(np.float32), known=known), visible


def _spread(
    back: Float32[np.ndarray, "2 height width"], *, known: np.ndarray
) -> Float32[np.ndarray, "2 height width"]:
    """Give places where nothing is known what is known nearest to them."""
    if not known.any():
        return np.zeros_like(back)
    holes = (~known).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(
        holes, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = labels.astype(np.int64)
    source = np.zeros(int(nearest.max()) + 1, np.int64)
    source[nearest[known]] = np.flatnonzero(known)
    return back.reshape(2, -1)[:, source[nearest]]
