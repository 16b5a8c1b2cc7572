"""How well an object's known look explains a frame at a pose: the one measure behind scan, search and score."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

Poses = Float[np.ndarray, "poses 2 3"]
"""Affine maps: template pixel (x, y, 1) -> frame pixel."""

STRICTEST, LOOSEST = 0.12, 0.36
"""Limits of the tolerance, the RGB distance (colours in 0..1) at which a pixel is neither for nor against a pose.

Between them it follows the object's own variety of colours, so that a flat ground does not pass for a varied object.
"""
CONTRADICTION = 0.35
"""The most that one wrong pixel counts against a pose: little, since something may stand before the object."""
_GROUND = 0.5  # how far a ground may be from the object's colour, where the edge lets it shine through
_MOST_POINTS = 360


@dataclass(frozen=True)
class Look:
    """One object's template as points: pixel coordinates, colours in 0..1, and the outline for its box."""

    points: Float32[np.ndarray, "points 2"]
    colours: Float32[np.ndarray, "points 3"]
    weights: Float32[np.ndarray, " points"]
    tolerances: Float32[np.ndarray, " points"]
    tolerance: float
    hull: Float32[np.ndarray, "corners 2"]
    centre: Float32[np.ndarray, " 2"]
    radius: float


def softened(
    picture: UInt8[np.ndarray, "rows columns 3"], *, blur: float
) -> Float32[np.ndarray, "rows columns 3"]:
    """Colours in 0..1, a little blurred so that half a pixel does not matter."""
    return cv2.GaussianBlur(picture.astype(np.float32) / 255, (0, 0), blur)


def look_of(
    template: UInt8[np.ndarray, "rows columns 4"], *, blur: float, scenery: Float32[np.ndarray, "pixels 3"]
) -> Look:
    """The points of a template, at most a few hundred, spread evenly.

    Points whose colour is rare in ``scenery`` (pixels of the frames) weigh more than those that may lie anywhere.
    """
    alpha = template[..., 3:].astype(np.float32) / 255
    soft = cv2.GaussianBlur(np.dstack([template[..., :3] / np.float32(255) * alpha, alpha]), (0, 0), blur)
    rows, columns = np.nonzero(template[..., 3] > 127)
    everywhere = np.stack([columns, rows], axis=1).astype(np.float32)
    chosen = np.random.default_rng(0).permutation(len(rows))[:_MOST_POINTS]
    rows, columns = rows[chosen], columns[chosen]
    colours = soft[rows, columns, :3] / np.maximum(soft[rows, columns, 3:], 1e-3)
    hull = cv2.convexHull(everywhere)[:, 0]
    low, high = hull.min(axis=0), hull.max(axis=0)
    spread = float(np.sqrt(np.square(colours - colours.mean(axis=0)).sum(axis=-1).mean()))
    tolerance = float(np.clip(0.7 * spread, STRICTEST, LOOSEST))
    solid = cv2.GaussianBlur(soft[..., 3], (0, 0), blur)[rows, columns]  # drawing an object blurs it, too
    weights = solid**2 * rarity(colours, scenery=scenery, tolerance=tolerance)
    return Look(
        points=everywhere[chosen],
        colours=colours.astype(np.float32),
        weights=(weights / weights.mean()).astype(np.float32),
        tolerances=np.hypot(tolerance, _GROUND * (1 - solid)).astype(np.float32),
        tolerance=tolerance,
        hull=hull,
        centre=(low + high) / 2,
        radius=float(np.hypot(*(high - low)) / 2),
    )


def rarity(
    colours: Float32[np.ndarray, "points 3"], *, scenery: Float32[np.ndarray, "pixels 3"], tolerance: float
) -> Float32[np.ndarray, " points"]:
    """-log of the share of the scenery that has a point's colour."""
    square = np.square(colours[:, None] - scenery[None]).sum(axis=-1)
    return -np.log((square < tolerance**2).mean(axis=1) * 0.9 + 0.03)


def placed(look: Look, *, poses: Poses) -> Float32[np.ndarray, "poses points 2"]:
    """Where the look's points lie in the frame."""
    return (look.points @ poses[:, :, :2].transpose(0, 2, 1) + poses[:, None, :, 2]).astype(np.float32)


def sampled(
    planes: Float32[np.ndarray, "rows columns channels"], *, places: Float32[np.ndarray, "poses points 2"]
) -> Float32[np.ndarray, "poses points channels"]:
    """Bilinear values; at most four channels."""
    return cv2.remap(
        planes, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def in_frame(
    places: Float32[np.ndarray, "poses points 2"], *, size: tuple[int, int]
) -> Bool[np.ndarray, "poses points"]:
    """Which points fall on the frame."""
    height, width = size
    x, y = places[..., 0], places[..., 1]
    return (x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)


@dataclass(frozen=True)
class View:
    """One frame to look at: its colours, softened, and where something nearer is known to stand."""

    colours: Float32[np.ndarray, "rows columns 3"]
    covered: Float32[np.ndarray, "rows columns"] | None = None


@dataclass(frozen=True)
class Evidence:
    """What speaks for every pose.

    ``agreement`` is the mean over the points that can be judged (-CONTRADICTION..1), ``judged`` their share: points
    outside the frame or behind something known are neither for nor against. ``total`` is what a search maximises:
    agreement times share times scale, so that of two poses that agree equally well the larger wins; a plain object
    would else be found within itself.
    """

    agreement: Float[np.ndarray, " poses"]
    judged: Float[np.ndarray, " poses"]
    total: Float[np.ndarray, " poses"]


def evidence(look: Look, *, view: View, poses: Poses) -> Evidence:
    """Measure poses on one frame."""
    places = placed(look, poses=poses)
    weights = judged_weights(look, view=view, places=places)
    difference = sampled(view.colours, places=places) - look.colours
    square = np.einsum("pnc,pnc->pn", difference, difference)
    match = (weights * np.maximum(1 - square / look.tolerances**2, -CONTRADICTION)).mean(axis=1)
    judged = weights.mean(axis=1)
    scale = np.sqrt(np.abs(np.linalg.det(poses[:, :, :2])))
    return Evidence(agreement=match / np.maximum(judged, 1e-3), judged=judged, total=match * scale)


def judged_weights(
    look: Look, *, view: View, places: Float32[np.ndarray, "poses points 2"]
) -> Float32[np.ndarray, "poses points"]:
    """The points' weights, zero outside the frame and behind what is known to be nearer."""
    weights = look.weights * in_frame(places, size=view.colours.shape[:2])
    if view.covered is None:
        return weights
    hidden = cv2.remap(
        view.covered, places[..., 0], places[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    return weights * (1 - hidden)


def hidden_share(look: Look, *, view: View, poses: Poses) -> Float[np.ndarray, " poses"]:
    """Share of the points that are behind something known."""
    places = placed(look, poses=poses)
    inside = in_frame(places, size=view.colours.shape[:2]) * look.weights
    return (inside - judged_weights(look, view=view, places=places)).mean(axis=1)
