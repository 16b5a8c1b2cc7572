"""What an object looks like, as points that can be held against a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

STRICTEST, LOOSEST = 0.12, 0.20
"""Limits of the tolerance, the RGB distance (colours in 0..1) at which a pixel is neither for nor against a pose.

Between them it follows the object's own variety of colours, so that a flat ground does not pass for a varied object.
"""
CONTRADICTION = 0.15
"""The most that one wrong pixel counts against a pose: little, since something may stand before the object."""
RIM = 0.5
"""What the points round the outline weigh together, as a share of what those of the object do."""
_GROUND = 0.8  # how far a ground may be from the object's colour, where the edge lets it shine through
_SLIP = (
    0.6  # pixels by which a good pose may be off: within the object, too, colours change from pixel to pixel
)
_MOST_POINTS = 300
_MOST_RIM = 100


@dataclass(frozen=True)
class Look:
    """One object's template as points.

    ``points`` are pixel coordinates in the template, ``colours`` in 0..1, ``tolerances`` RGB distances. Points of the
    object have weights above zero (mean 1) and may contradict a pose down to ``floors``. Points just outside the
    outline have the colour of the nearest point inside, weights below zero and floors of zero: where they agree, the
    object does not end at its outline, so this is a ground of its colour, or a part of it.
    """

    points: Float32[np.ndarray, "points 2"]
    colours: Float32[np.ndarray, "points 3"]
    weights: Float32[np.ndarray, " points"]
    floors: Float32[np.ndarray, " points"]
    tolerances: Float32[np.ndarray, " points"]
    tolerance: float
    hull: Float32[np.ndarray, "corners 2"]
    centre: Float32[np.ndarray, " 2"]
    radius: float

    def thinned(self, count: int) -> Look:
        """Only so many of the points, for searching; their order is random."""
        few = slice(0, count)
        return replace(
            self,
            points=self.points[few],
            colours=self.colours[few],
            weights=self.weights[few],
            floors=self.floors[few],
            tolerances=self.tolerances[few],
        )


def softened(
    picture: UInt8[np.ndarray, "rows columns 3"], *, blur: float
) -> Float32[np.ndarray, "rows columns 3"]:
    """Colours in 0..1, a little blurred so that half a pixel does not matter."""
    return cv2.GaussianBlur(picture.astype(np.float32) / 255, (0, 0), blur)


def look_of(
    template: UInt8[np.ndarray, "rows columns 4"], *, blur: float, scenery: Float32[np.ndarray, "pixels 3"]
) -> Look:
    """The points of a template, a few hundred, spread evenly, in random order.

    Points whose colour is rare in ``scenery`` (pixels of the frames) weigh more than those that may lie anywhere.
    """
    margin = int(np.ceil(6 * blur)) + 1
    padded = np.pad(template, [(margin, margin), (margin, margin), (0, 0)]).astype(np.float32) / 255
    alpha = padded[..., 3:]
    soft = cv2.GaussianBlur(np.dstack([padded[..., :3] * alpha, alpha]), (0, 0), blur)
    solid = cv2.GaussianBlur(soft[..., 3], (0, 0), blur)  # drawing an object blurs it, too
    rng = np.random.default_rng(0)
    inside = rng.permutation(np.argwhere(alpha[..., 0] > 0.5))
    rim, nearest = rim_of(alpha[..., 0], start=1.5 * blur, stop=4.5 * blur)
    chosen = rng.permutation(len(rim))[:_MOST_RIM]
    places = np.concatenate([inside[:_MOST_POINTS], rim[chosen]])
    sources = np.concatenate([inside[:_MOST_POINTS], nearest[chosen]])
    rows, columns = sources.T
    surface = soft[..., :3] / np.maximum(soft[..., 3:], 1e-3)
    colours = surface[rows, columns]
    down, right = (np.gradient(surface, axis=axis) for axis in (0, 1))
    slope = np.sqrt(np.square([down, right]).sum(axis=(0, -1)))[rows, columns]
    own = np.arange(len(places)) < min(len(inside), _MOST_POINTS)
    tolerance = _tolerance(colours[own])
    shine = _GROUND * (1 - solid[rows, columns])
    firm = _firm(solid, reach=3 * blur)[rows, columns]
    weights = _weights(firm * rarity(colours, scenery=scenery, tolerance=tolerance), own=own)
    order = rng.permutation(len(places))
    hull = cv2.convexHull(inside[:, ::-1].astype(np.float32) - margin)[:, 0]
    low, high = hull.min(axis=0), hull.max(axis=0)
    return Look(
        points=(places[order, ::-1] - margin).astype(np.float32),
        colours=colours[order].astype(np.float32),
        weights=weights[order].astype(np.float32),
        floors=np.where(own, -CONTRADICTION, 0.0)[order].astype(np.float32),
        tolerances=np.sqrt(tolerance**2 + shine**2 + (_SLIP * slope) ** 2)[order].astype(np.float32),
        tolerance=tolerance,
        hull=hull,
        centre=(low + high) / 2,
        radius=float(np.hypot(*(high - low)) / 2),
    )


def _tolerance(colours: Float32[np.ndarray, "points 3"]) -> float:
    spread = np.sqrt(np.square(colours - colours.mean(axis=0)).sum(axis=-1).mean())
    return float(np.clip(0.7 * spread, STRICTEST, LOOSEST))


def _firm(solid: Float32[np.ndarray, "rows columns"], *, reach: float) -> Float32[np.ndarray, "rows columns"]:
    """Weight of pixels by how solid the object is there.

    The edge of a solid part shows half the ground and would pull a pose inwards, so it hardly counts; parts so thin
    that they are all edge do.
    """
    core = np.clip((solid - 0.92) / 0.08, 0, 1)
    side = 2 * int(np.ceil(reach)) + 1
    near = cv2.dilate((core > 0).astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    return np.where(near, np.maximum(core, 0.02), solid**2)


def _weights(raw: Float32[np.ndarray, " points"], *, own: np.ndarray) -> Float32[np.ndarray, " points"]:
    """Scale the object's points to a mean of 1 and those of the rim to minus `RIM` in all."""
    inner = raw * own / raw[own].mean()
    if own.all():
        return inner
    return inner - raw * ~own * (RIM * own.sum() / raw[~own].sum())


def rim_of(
    alpha: Float32[np.ndarray, "rows columns"], *, start: float, stop: float
) -> tuple[np.ndarray, np.ndarray]:
    """Places (row, column) outside the outline, so many pixels from it, and the nearest places inside."""
    core = alpha > 0.5
    outer, near = cv2.distanceTransformWithLabels(
        (~core).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = np.asarray(near, np.int32)
    rim = np.argwhere((outer > start) & (outer <= stop))
    by_label = np.zeros((int(labels.max()) + 1, 2), int)
    by_label[labels[core]] = np.argwhere(core)
    return rim, by_label[labels[rim[:, 0], rim[:, 1]]]


def rarity(
    colours: Float32[np.ndarray, "points 3"], *, scenery: Float32[np.ndarray, "pixels 3"], tolerance: float
) -> Float32[np.ndarray, " points"]:
    """Weight of colours: -log of the share of the scenery that has them, and something for any."""
    square = np.square(colours[:, None] - scenery[None]).sum(axis=-1)
    return 0.1 - np.log((square < tolerance**2).mean(axis=1) * 0.9 + 0.03)
