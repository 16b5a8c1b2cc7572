"""How well an object's known look explains a frame at a pose: the one measure behind scan, search and score."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

Poses = Float[np.ndarray, "poses 2 3"]
"""Affine maps: template pixel (x, y, 1) -> frame pixel."""

STRICTEST, LOOSEST = 0.10, 0.24
"""Limits of the tolerance, the RGB distance (colours in 0..1) at which a pixel is neither for nor against a pose.

Between them it follows the object's own variety of colours, so that a flat ground does not pass for a varied object.
"""
CONTRADICTION = 0.35
"""The most that one wrong pixel counts against a pose: little, since something may stand before the object."""
_MOST_POINTS = 360


@dataclass(frozen=True)
class Look:
    """One object's template as points: pixel coordinates, colours in 0..1, and the outline for its box."""

    points: Float32[np.ndarray, "points 2"]
    colours: Float32[np.ndarray, "points 3"]
    weights: Float32[np.ndarray, " points"]
    tolerance: float
    hull: Float32[np.ndarray, "corners 2"]
    centre: Float32[np.ndarray, "2"]
    radius: float


def softened(picture: UInt8[np.ndarray, "rows columns 3"], *, blur: float) -> Float32[np.ndarray, "rows columns 3"]:
    """Colours in 0..1, a little blurred so that half a pixel does not matter."""
    return cv2.GaussianBlur(picture.astype(np.float32) / 255, (0, 0), blur)


def look_of(template: UInt8[np.ndarray, "rows columns 4"], *, blur: float, scenery: Float32[np.ndarray, "pixels 3"]) -> Look:
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
    weights = soft[rows, columns, 3] ** 2 * rarity(colours, scenery=scenery, tolerance=tolerance)
    return Look(
        points=everywhere[chosen],
        colours=colours.astype(np.float32),
        weights=(weights / weights.mean()).astype(np.float32),
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
    return cv2.remap(planes, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def in_frame(places: Float32[np.ndarray, "poses points 2"], *, size: tuple[int, int]) -> Bool[np.ndarray, "poses points"]:
    """Which points fall on the frame."""
    height, width = size
    x, y = places[..., 0], places[..., 1]
    return (x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)


@dataclass(frozen=True)
class Evidence:
    """For every pose: the mean agreement of its points in the frame (-CONTRADICTION..1), the share of points in
    the frame, and the total evidence, which is what a search maximises.

    The total is the agreement times the area in template pixels, so that of two poses that agree equally well the
    larger wins: a plain object would else be found within itself.
    """

    agreement: Float[np.ndarray, " poses"]
    shown: Float[np.ndarray, " poses"]
    total: Float[np.ndarray, " poses"]


def evidence(look: Look, *, frame: Float32[np.ndarray, "rows columns 3"], poses: Poses) -> Evidence:
    """Measure poses on one softened frame."""
    places = placed(look, poses=poses)
    weights = look.weights * in_frame(places, size=frame.shape[:2])
    difference = sampled(frame, places=places) - look.colours
    square = np.einsum("pnc,pnc->pn", difference, difference)
    match = (weights * np.maximum(1 - square / look.tolerance**2, -CONTRADICTION)).mean(axis=1)
    shown = weights.mean(axis=1)
    area = np.abs(np.linalg.det(poses[:, :, :2]))
    return Evidence(agreement=match / np.maximum(shown, 1e-3), shown=shown, total=match * area)
