"""The surfaces of bodies: patterns in a colour that has a name, made of nothing but numbers."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.80, 0.10, 0.10), "orange": (0.95, 0.50, 0.08), "yellow": (0.95, 0.85, 0.15),
    "green": (0.15, 0.60, 0.20), "blue": (0.12, 0.28, 0.80), "purple": (0.50, 0.18, 0.65),
    "pink": (0.95, 0.50, 0.70), "brown": (0.42, 0.25, 0.12), "white": (0.93, 0.93, 0.92),
    "grey": (0.50, 0.50, 0.52), "black": (0.10, 0.10, 0.12),
}  # fmt: skip
PATTERNS = ("", "striped", "chequered", "dotted")
_SIDE = 256

Field = Float32[np.ndarray, "height width"]


def surface(colour: str, *, pattern: str, rng: np.random.Generator) -> UInt8[np.ndarray, "256 256 3"]:
    """A texture in a colour; a pattern is in that and in white (in black on what is light)."""
    base = _near(COLOURS[colour], rng=rng)
    other = np.array([0.92, 0.92, 0.9] if base.mean() < 0.62 else [0.12, 0.12, 0.14])
    share = _pattern(pattern, rng=rng)[..., None]
    flecks = (_clouds(rng=rng) - 0.5)[..., None]
    picture = (base + (other - base) * share) * (1 + flecks * rng.uniform(0.15, 0.6))
    return (255 * np.clip(picture, 0, 1)).astype(np.uint8)


def _near(colour: tuple[float, float, float], *, rng: np.random.Generator) -> np.ndarray:
    """A little lighter or darker, its hue a little off."""
    hue, saturation, value = colorsys.rgb_to_hsv(*colour)
    hue, value = (hue + rng.uniform(-0.015, 0.015)) % 1, value * rng.uniform(0.85, 1.05)
    return np.array(colorsys.hsv_to_rgb(hue, saturation, min(value, 1.0)))


def _clouds(*, rng: np.random.Generator) -> Field:
    """Noise in [0, 1] of a random fineness, the same at the left and right edges."""
    cells = int(rng.choice([4, 8, 24, 64]))
    grid = rng.random((cells, cells), dtype=np.float32)
    grid[:, -1] = grid[:, 0]
    return np.clip(cv2.resize(grid, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC), 0, 1)


def _pattern(pattern: str, *, rng: np.random.Generator) -> Field:
    """Where the second colour is: 1."""
    ys, xs = np.mgrid[0:_SIDE, 0:_SIDE] / _SIDE
    count = int(rng.integers(3, 7))
    if pattern == "striped":
        return (np.sin(2 * np.pi * count * (xs if rng.random() < 0.5 else ys)) > 0.2).astype(np.float32)
    if pattern == "chequered":
        return ((np.floor(2 * count * xs) + np.floor(2 * count * ys)) % 2).astype(np.float32)
    if pattern == "dotted":
        apart = np.hypot((xs * count) % 1 - 0.5, (ys * count) % 1 - 0.5)
        return (apart < rng.uniform(0.22, 0.34)).astype(np.float32)
    return np.zeros((_SIDE, _SIDE), np.float32)
