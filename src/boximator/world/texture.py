"""Procedural pictures (clouds of colour, gradients, stripes, landscapes) and blobs cut out of pictures."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

Picture = UInt8[np.ndarray, "height width 3"]


def _noise(
    size: tuple[int, int], *, cells: int, rng: np.random.Generator
) -> Float32[np.ndarray, "height width"]:
    height, width = size
    grid = rng.random((cells + 1, max(2, round(cells * width / height)) + 1), dtype=np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def _fractal(size: tuple[int, int], *, rng: np.random.Generator) -> Float32[np.ndarray, "height width"]:
    start = int(rng.integers(1, 5))
    total = np.zeros(size, np.float32)
    for octave in range(5):
        total += _noise(size, cells=start * 2**octave, rng=rng) * (rng.uniform(0.45, 0.75) ** octave)
    return (total - total.min()) / max(float(np.ptp(total)), 1e-6)


def _colours(count: int, *, rng: np.random.Generator) -> Float32[np.ndarray, "count 3"]:
    base = rng.uniform(0, 255, 3)
    spread = rng.choice([25.0, 60.0, 120.0])
    return np.clip(base + rng.normal(0, spread, (count, 3)), 0, 255).astype(np.float32)


def _mapped(
    field: Float32[np.ndarray, "height width"], *, rng: np.random.Generator
) -> Float32[np.ndarray, "height width 3"]:
    stops = _colours(int(rng.integers(2, 6)), rng=rng)
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(field, at, stops[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def texture(size: tuple[int, int], *, rng: np.random.Generator) -> Picture:
    """One random texture: clouds, a gradient, stripes or checks, or bands of land under a sky."""
    height, width = size
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32) / height
    kind = rng.integers(4)
    field = _fractal(size, rng=rng)
    if kind == 1:
        angle = rng.uniform(0, 2 * np.pi)
        ramp = np.cos(angle) * xs + np.sin(angle) * ys
        field = 0.8 * (ramp - ramp.min()) / np.ptp(ramp) + 0.2 * field
    if kind == 2:
        angle, period = rng.uniform(0, 2 * np.pi), rng.uniform(3, 14)
        wave = np.sin(2 * np.pi * period * (np.cos(angle) * xs + np.sin(angle) * ys) + 3 * field)
        field = np.clip(0.5 + 0.5 * wave * rng.uniform(0.5, 3), 0, 1)
    if kind == 3:
        horizon = np.floor(3.999 * np.clip(ys + 0.15 * (field - 0.5), 0, 1)) / 4
        field = np.clip(0.75 * horizon + 0.25 * field, 0, 1)
    picture = _mapped(field.astype(np.float32), rng=rng)
    grain = rng.normal(0, rng.uniform(0, 10), (height, width, 1)).astype(np.float32)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def blob(source: Picture, *, rng: np.random.Generator) -> UInt8[np.ndarray, "height width 4"]:
    """Cut a smooth random shape out of ``source``: an object with a photographic surface and no name."""
    height, width = source.shape[:2]
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radius = np.full(72, 0.38)
    for wave in range(2, 6):
        radius += rng.normal(0, 0.10 / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    radius = np.clip(radius, 0.15, 0.48)
    points = np.stack(
        [width * (0.5 + radius * np.cos(angles)), height * (0.5 + radius * np.sin(angles))], axis=1
    )
    alpha = np.zeros((height, width), np.uint8)
    cv2.fillPoly(alpha, [np.round(points * 8).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=3)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 1 + rng.uniform(0, 0.35) * ((xs / width - 0.5) * rng.choice([-1, 1]) - (ys / height - 0.5))
    shaded = np.clip(source * light[..., None] + rng.normal(0, 20, 3), 0, 255).astype(np.uint8)
    return np.dstack([shaded, alpha])
