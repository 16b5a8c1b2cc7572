"""Which pixels of a true clip are things, and which were uncovered by them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, UInt8

from boximator.world.clip import Clip

_KERNEL = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Regions:
    """Pixels of frames 1 to T-1. ``thing``: of a thing. ``uncovered``: of a thing in frame 0, and now of none.

    ``background``: of neither, and not on a thing's rim.
    """

    thing: Bool[np.ndarray, "later height width"]
    uncovered: Bool[np.ndarray, "later height width"]
    background: Bool[np.ndarray, "later height width"]


def regions(clip: Clip) -> Regions:
    """Things with boxes stand where their templates are drawn, the others where the flow of their pixels leads."""
    thing = np.stack([_boxed(clip, frame=t) | _carried(clip, frame=t) for t in range(len(clip.frames))])
    wide = np.stack([cv2.dilate(frame.astype(np.uint8), _KERNEL).astype(bool) for frame in thing])
    was = np.broadcast_to(thing[0], thing[1:].shape)
    return Regions(thing=thing[1:], uncovered=was & ~wide[1:], background=~(wide[1:] | wide[0]))


def _boxed(clip: Clip, *, frame: int) -> Bool[np.ndarray, "height width"]:
    height, width = clip.size
    covered = np.zeros((height, width), bool)
    for slot in np.flatnonzero(clip.present):
        template = clip.templates[slot]
        assert template is not None, "a present thing has a template"
        alpha = np.ascontiguousarray(template[..., 3])
        covered |= cv2.warpAffine(alpha, clip.affines[frame, slot], (width, height)) > 127
    return covered


def _carried(clip: Clip, *, frame: int) -> Bool[np.ndarray, "height width"]:
    """Where the asked pixels of frame 0's things are, each as a small square; holes between them closed."""
    height, width = clip.size
    stride = height // clip.flow.shape[2]
    every = slice(stride // 2, None, stride)
    seen = (clip.first_cover[every, every] > 0.5) & (clip.visibility[frame] > 0.5)
    rows, columns = np.nonzero(seen)
    x = np.round(columns * stride + stride // 2 + clip.flow[frame, 0][seen] * width).astype(int)
    y = np.round(rows * stride + stride // 2 + clip.flow[frame, 1][seen] * height).astype(int)
    held = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    covered = np.zeros((height, width), np.uint8)
    covered[y[held], x[held]] = 1
    return cv2.morphologyEx(covered, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(bool)


def region_psnr(
    made: UInt8[np.ndarray, "later height width 3"],
    *,
    true: UInt8[np.ndarray, "later height width 3"],
    inside: Bool[np.ndarray, "later height width"],
) -> float | None:
    """PSNR in dB of the pixels inside, of all frames together; None where they are fewer than a hundred."""
    if inside.sum() < 100:
        return None
    error = float(np.square(made[inside].astype(float) - true[inside]).mean())
    return float(min(60.0, 10 * np.log10(255**2 / max(error, 1e-6))))
