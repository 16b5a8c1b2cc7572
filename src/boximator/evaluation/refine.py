"""Make rough poses exact: a shrinking random search, then robust Lucas-Kanade steps."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float, Float32

from boximator.evaluation.evidence import Poses, View, evidence, judged_weights, placed, sampled
from boximator.evaluation.look import CONTRADICTION, Look

SMALLEST, LARGEST = 0.4, 2.6
_SPREADS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18)
_TRIES = 28
_COARSE_POINTS = 110
_STEPS = 4


def _moves(look: Look, *, spread: float, rng: np.random.Generator) -> Float[np.ndarray, "tries 2 3"]:
    """Random small changes about the look's centre: place, scale, turn, squash. The first changes nothing."""
    draw = rng.normal(0, spread, (_TRIES, 5))
    draw[0] = 0
    shift = draw[:, :2] * (0.12 * look.radius)
    scale, turn, squash = np.exp(0.12 * draw[:, 2]), 0.16 * draw[:, 3], np.exp(0.04 * draw[:, 4])
    cos, sin = np.cos(turn), np.sin(turn)
    turned = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], axis=-2)
    linear = turned * (scale[:, None] * np.stack([squash, 1 / squash], axis=-1))[:, None]
    offset = look.centre + shift - linear @ look.centre
    return np.concatenate([linear, offset[..., None]], axis=-1)


def chained(
    outer: Float[np.ndarray, "*any 2 3"], *, inner: Float[np.ndarray, "*any 2 3"]
) -> Float[np.ndarray, "*any 2 3"]:
    """outer(inner(x)) for stacks of affine maps."""
    linear = outer[..., :2] @ inner[..., :2]
    shift = outer[..., :2] @ inner[..., 2:] + outer[..., 2:]
    return np.concatenate([linear, shift], axis=-1)


def searched(look: Look, *, view: View, poses: Poses, rng: np.random.Generator) -> Poses:
    """Improve every pose by itself: try random changes of shrinking size and keep the best."""
    coarse = look.thinned(_COARSE_POINTS)
    for spread in _SPREADS:
        tries = chained(poses[:, None], inner=_moves(look, spread=spread, rng=rng)[None])
        total = evidence(coarse, view=view, poses=tries.reshape(-1, 2, 3)).total.reshape(len(poses), _TRIES)
        total = np.where(_allowed(tries), total, -np.inf)
        poses = np.take_along_axis(tries, total.argmax(axis=1)[:, None, None, None], axis=1)[:, 0]
    return poses


def _allowed(poses: Float[np.ndarray, "*any 2 3"]) -> np.ndarray:
    area = np.linalg.det(poses[..., :2])
    return (area > SMALLEST**2) & (area < LARGEST**2)


def gradients(frame: Float32[np.ndarray, "rows columns 3"]) -> tuple[np.ndarray, np.ndarray]:
    """Change of the colours to the right and downwards, per pixel."""
    kernel = np.array([[-0.5, 0, 0.5]], np.float32)
    return cv2.filter2D(frame, -1, kernel), cv2.filter2D(frame, -1, kernel.T)


def polished(look: Look, *, view: View, poses: Poses) -> Poses:
    """Gauss-Newton on the colours of the points that agree at all; a step that loses evidence is taken back."""
    right, down = gradients(view.colours)
    best, most = poses, evidence(look, view=view, poses=poses).total
    about = np.concatenate(
        [(look.points - look.centre) / look.radius, np.ones((len(look.points), 1))], axis=1
    )
    for _ in range(_STEPS):
        places = placed(look, poses=poses)
        error = sampled(view.colours, places=places) - look.colours
        square = np.square(error).sum(axis=-1)
        close = square < look.tolerances**2 * (1 + CONTRADICTION)
        weight = np.maximum(judged_weights(look, view=view, places=places), 0) * close
        slopes = (sampled(right, places=places), sampled(down, places=places))
        poses = chained_step(poses, look=look, step=_solved(about, slopes=slopes, error=error, weight=weight))
        total = np.where(_allowed(poses), evidence(look, view=view, poses=poses).total, -np.inf)
        better = total > most
        best, most = np.where(better[:, None, None], poses, best), np.maximum(most, total)
    return best


def _solved(
    about: np.ndarray, *, slopes: tuple[np.ndarray, np.ndarray], error: np.ndarray, weight: np.ndarray
) -> Float[np.ndarray, "poses 2 3"]:
    """The least-squares change of the map, damped where the look is too plain to say."""
    jacobian = np.concatenate([slope[..., None, :] * about[None, :, :, None] for slope in slopes], axis=2)
    weighted = jacobian * weight[..., None, None]
    normal = np.einsum("pnic,pnjc->pij", weighted, jacobian)
    right = np.einsum("pnic,pnc->pi", weighted, error)
    damping = 1e-2 * np.trace(normal, axis1=1, axis2=2)[:, None, None] / 6 + 1e-4
    step = np.linalg.solve(normal + damping * np.eye(6), -right[..., None])[..., 0]
    return np.clip(step, -3, 3).reshape(-1, 2, 3)


def chained_step(poses: Poses, *, look: Look, step: Float[np.ndarray, "poses 2 3"]) -> Poses:
    """Add a change given about the look's centre, in pixels at its rim."""
    linear = step[:, :, :2] / look.radius
    shift = step[:, :, 2] - linear @ look.centre
    return poses + np.concatenate([linear, shift[..., None]], axis=-1)
