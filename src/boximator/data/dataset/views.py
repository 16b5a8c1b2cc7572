"""Cuts, mirrors and sizes of a clip; boxes move with the pixels exactly, and end as segments on the border."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from boximator.scene.box import clamp, outside


@dataclass(frozen=True, eq=False, kw_only=True)
class Shown:
    """A clip as a training takes it. Boxes are normalised and clamped; zeros in empty slots."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, " 8"]
    labels: tuple[str, ...]
    caption: str

    @property
    def inside(self) -> Bool[np.ndarray, "frames 8"]:
        """Whether something of a thing's box shows."""
        return ~outside(self.boxes) & self.present

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.frames.shape[1], self.frames.shape[2]


@dataclass(frozen=True)
class Cut:
    """A part of the picture in whole pixels, half-open."""

    top: int
    left: int
    height: int
    width: int


def cropped(shown: Shown, *, to: Cut) -> Shown:
    """The part of every frame; boxes outside of it become segments on its border (paper, section 4)."""
    height, width = shown.size
    scale = np.array([width, height, width, height], np.float64)
    start = np.array([to.left, to.top, to.left, to.top], np.float64)
    extent = np.array([to.width, to.height, to.width, to.height], np.float64)
    moved = clamp((shown.boxes.astype(np.float64) * scale - start) / extent)
    frames = shown.frames[:, to.top : to.top + to.height, to.left : to.left + to.width]
    return replace(shown, frames=frames, boxes=_kept(moved, shown.present))


def mirrored(shown: Shown) -> Shown:
    """Left and right exchanged."""
    moved = shown.boxes.astype(np.float64)[..., [2, 1, 0, 3]]
    moved[..., [0, 2]] = 1 - moved[..., [0, 2]]
    frames = np.ascontiguousarray(shown.frames[:, :, ::-1])
    return replace(shown, frames=frames, boxes=_kept(moved, shown.present))


def resized(shown: Shown, *, size: tuple[int, int]) -> Shown:
    """The whole picture in another size (height, width); normalised boxes stay as they are."""
    if size == shown.size:
        return shown
    smaller = size[0] * size[1] < shown.size[0] * shown.size[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    frames = [cv2.resize(frame, (size[1], size[0]), interpolation=how) for frame in shown.frames]
    return replace(shown, frames=np.stack(frames))


def sampled(shown: Shown, *, frames: int) -> Shown:
    """So many frames, spread evenly from the first to the last; more than there are come twice."""
    at = np.round(np.linspace(0, len(shown.frames) - 1, frames)).astype(int)
    return replace(shown, frames=shown.frames[at], boxes=shown.boxes[at])


_SIDES = re.compile(r"\b(left|right|leftwards?|rightwards?|clockwise|anticlockwise)\b", re.IGNORECASE)


def fitted(shown: Shown, *, size: tuple[int, int], rng: np.random.Generator, flips: bool = True) -> Shown:
    """A random cut of the wanted aspect, as large as there is, in the wanted size (paper, section 4).

    Half of the clips are mirrored, unless their caption speaks of left and right.
    """
    height, width = shown.size
    scale = min(height / size[0], width / size[1])
    extent = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    top, left = (
        int(rng.integers(whole - part + 1)) for whole, part in zip((height, width), extent, strict=True)
    )
    mirror = bool(rng.random() < 0.5)
    part = cropped(shown, to=Cut(top=top, left=left, height=extent[0], width=extent[1]))
    part = resized(part, size=size)
    return mirrored(part) if flips and mirror and not _SIDES.search(shown.caption) else part


def _kept(boxes: np.ndarray, present: Bool[np.ndarray, " 8"]) -> Float32[np.ndarray, "frames 8 4"]:
    return np.where(present[None, :, None], boxes, 0.0).astype(np.float32)
