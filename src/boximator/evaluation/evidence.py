"""How well an object's known look explains a frame at a pose: the one measure behind scan, search and score."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32

from boximator.evaluation.look import Look

Poses = Float[np.ndarray, "poses 2 3"]
"""Affine maps: template pixel (x, y, 1) -> frame pixel."""
Places = Float32[np.ndarray, "poses points 2"]

_LARGER = 0.35
"""Power of the scale in what a search maximises, so that its soft edge does not pull an object smaller."""
_SEEN = 0.25
"""Power of the share that can be judged: not one, for then a search would pull things into view, nor zero, for then
it would push what does not agree out of it."""


@dataclass(frozen=True)
class View:
    """One frame to look at: its colours, softened, and where something nearer is known to stand."""

    colours: Float32[np.ndarray, "rows columns 3"]
    covered: Float32[np.ndarray, "rows columns"] | None = None


@dataclass(frozen=True)
class Evidence:
    """What speaks for every pose.

    ``agreement`` is the mean over the points that can be judged (at most 1), ``judged`` their share: points outside
    the frame or behind something known are neither for nor against. ``total`` is what a search maximises: agreement
    times powers of share and scale.
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
    match = (weights * np.maximum(1 - square / look.tolerances**2, look.floors)).sum(axis=1)
    counted = np.maximum(weights, 0).sum(axis=1)
    judged = counted / np.maximum(look.weights, 0).sum()
    agreement = match / np.maximum(counted, 1.0)  # the mean weight is one: less is no point at all
    scale = np.sqrt(np.abs(np.linalg.det(poses[:, :, :2])))
    return Evidence(agreement=agreement, judged=judged, total=agreement * scale**_LARGER * judged**_SEEN)


def placed(look: Look, *, poses: Poses) -> Places:
    """Where the look's points lie in the frame."""
    return (look.points @ poses[:, :, :2].transpose(0, 2, 1) + poses[:, None, :, 2]).astype(np.float32)


def sampled(
    planes: Float32[np.ndarray, "rows columns channels"], *, places: Places
) -> Float32[np.ndarray, "poses points channels"]:
    """Bilinear values; at most four channels."""
    return cv2.remap(
        planes, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def in_frame(places: Places, *, size: tuple[int, int]) -> Bool[np.ndarray, "poses points"]:
    """Which points fall on the frame."""
    height, width = size
    x, y = places[..., 0], places[..., 1]
    return (x > -0.5) & (x < width - 0.5) & (y > -0.5) & (y < height - 0.5)


def judged_weights(look: Look, *, view: View, places: Places) -> Float32[np.ndarray, "poses points"]:
    """The points' weights, zero outside the frame and behind what is known to be nearer."""
    weights = look.weights * in_frame(places, size=view.colours.shape[:2])
    if view.covered is None:
        return weights
    hidden = cv2.remap(
        view.covered, places[..., 0], places[..., 1], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    return weights * (1 - hidden)


def hidden_share(look: Look, *, view: View, poses: Poses) -> Float[np.ndarray, " poses"]:
    """Share of the object's points that are behind something known."""
    places = placed(look, poses=poses)
    inside = np.maximum(look.weights, 0) * in_frame(places, size=view.colours.shape[:2])
    left = np.maximum(judged_weights(look, view=view, places=places), 0)
    return (inside - left).sum(axis=1) / np.maximum(look.weights, 0).sum()
