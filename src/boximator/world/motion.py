"""How one object, and the camera, move through the frames of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

Kind = Literal["rest", "move", "enter", "leave"]


@dataclass(frozen=True)
class ObjectMotion:
    """Centre (in frame heights, origin top-left), two scale factors and angle (radians) for every frame."""

    kind: Kind
    centres: Float[np.ndarray, "frames 2"]
    scales: Float[np.ndarray, "frames 2"]
    angles: Float[np.ndarray, " frames"]


@dataclass(frozen=True)
class CameraMotion:
    """Offset of the view (frame heights) and zoom for every frame; frame 0 is offset 0, zoom 1."""

    offsets: Float[np.ndarray, "frames 2"]
    zooms: Float[np.ndarray, " frames"]

    @property
    def moves(self) -> bool:
        """Whether the background visibly moves."""
        return bool(np.abs(self.offsets).max() > 0.02 or np.abs(np.log(self.zooms)).max() > 0.02)


def eased_times(frames: int, *, rng: np.random.Generator) -> Float[np.ndarray, " frames"]:
    """Times from 0 to 1 with a random change of speed: linear, in, out, in-out, or a late start."""
    u = np.linspace(0.0, 1.0, frames)
    choice = rng.integers(6)
    if choice == 0:
        return u**2
    if choice == 1:
        return 1 - (1 - u) ** 2
    if choice == 2:
        return u * u * (3 - 2 * u)
    if choice == 3:
        wait = rng.uniform(0.1, 0.35)
        return np.clip((u - wait) / (1 - wait), 0, 1)
    return u


def bezier(
    start: np.ndarray, *, end: np.ndarray, bend: float, times: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Cubic curve from ``start`` to ``end``, its handles pushed sideways by up to ``bend`` of its length."""
    along = end - start
    across = np.array([-along[1], along[0]])
    one = start + along / 3 + across * rng.uniform(-bend, bend)
    two = start + 2 * along / 3 + across * rng.uniform(-bend, bend)
    t = times[:, None]
    return (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * two + t**3 * end


def _random_end(start: np.ndarray, *, aspect: float, rng: np.random.Generator) -> np.ndarray:
    for _ in range(8):
        angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.75)
        end = start + length * np.array([np.cos(angle), np.sin(angle)])
        if 0.08 * aspect < end[0] < 0.92 * aspect and 0.08 < end[1] < 0.92:
            return end
    return np.array([rng.uniform(0.15, 0.85) * aspect, rng.uniform(0.15, 0.85)])


def _outside(inner: np.ndarray, *, radius: float, aspect: float, rng: np.random.Generator) -> np.ndarray:
    side = rng.integers(4)
    reach = radius * 1.08
    spots = [(-reach, inner[1]), (aspect + reach, inner[1]), (inner[0], -reach), (inner[0], 1 + reach)]
    return np.asarray(spots[side]) + (
        rng.uniform(-0.15, 0.15, 2) * (np.array([0, 1]) if side < 2 else np.array([1, 0]))
    )


def object_motion(
    kind: Kind, *, radius: float, frames: int, aspect: float, rng: np.random.Generator
) -> ObjectMotion:
    """Draw one object's motion.

    ``radius`` is half the object's diagonal and ``aspect`` the frame's width, both in frame heights.
    """
    times = eased_times(frames, rng=rng)
    start = np.array([rng.uniform(0.15, 0.85) * aspect, rng.uniform(0.18, 0.82)])
    centres = np.repeat(start[None], frames, axis=0)
    scales, angles = np.ones((frames, 2)), np.full(frames, rng.normal(0, 0.08))
    if kind == "rest":
        return ObjectMotion(kind=kind, centres=centres, scales=scales, angles=angles)
    end = _random_end(start, aspect=aspect, rng=rng)
    if kind == "enter":
        start = _outside(end, radius=radius, aspect=aspect, rng=rng)
    if kind == "leave":
        end = _outside(start, radius=radius, aspect=aspect, rng=rng)
    centres = bezier(start, end=end, bend=0.45 if rng.random() < 0.6 else 0.0, times=times, rng=rng)
    if rng.random() < 0.55:
        scales = scales * np.exp(times * rng.uniform(-0.5, 0.5))[:, None]
    if rng.random() < 0.4:
        angles = angles + times * rng.normal(0, 0.45)
    if rng.random() < 0.25:
        hop = np.abs(np.sin(np.pi * times * rng.integers(1, 4)))
        centres = centres - hop[:, None] * np.array([0.0, rng.uniform(0.02, 0.10)])
        squash = 1 + rng.uniform(0.03, 0.12) * (hop - hop[0])
        scales = scales * np.stack([1 / squash, squash], axis=1)
    return ObjectMotion(kind=kind, centres=centres, scales=scales, angles=angles)


def camera_motion(
    frames: int, *, aspect: float, rng: np.random.Generator, still: float = 0.55
) -> CameraMotion:
    """Still (with probability ``still``), pan, zoom, both, or hand shake; frame 0 is always the reference."""
    times = eased_times(frames, rng=rng)
    offsets, zooms = np.zeros((frames, 2)), np.ones(frames)
    draw = rng.random()
    draw = 0.0 if draw < still else 0.55 + 0.45 * (draw - still) / (1 - still)
    if 0.55 < draw < 0.85:
        offsets = times[:, None] * rng.uniform(-0.22, 0.22, 2) * np.array([aspect, 1.0])
    if 0.78 < draw < 0.95:
        zooms = np.exp(times * rng.uniform(-0.25, 0.35))
    if draw > 0.93:
        shake = np.cumsum(rng.normal(0, 0.006, (frames, 2)), axis=0)
        offsets = offsets + shake - shake[0]
    return CameraMotion(offsets=offsets, zooms=zooms)
