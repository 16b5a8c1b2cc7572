"""`render-roundtrip`: what rendering by transport loses when motion and colours are the true ones."""

from __future__ import annotations

import time
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from boximator.evaluation.generator import Progress
from boximator.evaluation.report import Report
from boximator.evaluation.tally import mean_tally
from boximator.pocket.layout import grid_for
from boximator.pocket.motion import MotionArrays
from boximator.pocket.render import render
from boximator.world.clip import Clip
from boximator.world.make import make_clip

_PER_CELL = 2
"""Values of flow and visibility that are averaged along a side of a state cell, as in training."""


@dataclass(frozen=True)
class RoundTrip:
    """How many held-out clips, and the side of their square frames in pixels."""

    clips: int = 24
    side: int = 256


def true_motion(clip: Clip) -> MotionArrays:
    """The clip's own motion at the size of the model's state."""
    height, width = clip.size
    grid = grid_for(height, width=width)
    return MotionArrays(
        colour=_cells(clip.frames[1:], rows=grid.rows, columns=grid.columns).astype(np.float32) / 255,
        flow=_cells(clip.flow[1:].transpose(0, 2, 3, 1), rows=grid.rows, columns=grid.columns).transpose(
            0, 3, 1, 2
        ),
        visible=_cells(clip.visibility[1:], rows=grid.rows, columns=grid.columns),
    )


def _cells(
    planes: Float[np.ndarray, "frames height width *channels"], *, rows: int, columns: int
) -> np.ndarray:
    return np.stack([cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_AREA) for plane in planes])


def psnr(made: UInt8[np.ndarray, "*any"], *, true: UInt8[np.ndarray, "*any"]) -> float:
    """Peak signal to noise in dB, of all frames together."""
    mean = float(np.square(made.astype(float) - true).mean())
    return 99.0 if mean == 0 else float(10 * np.log10(255**2 / mean))


def run(suite: RoundTrip, *, seed: int, progress: Progress) -> Report:
    """Render the first held-out clips from their true motion and compare frames 1 to T-1."""
    began, values = time.perf_counter(), []
    progress(0, suite.clips)
    for number in range(suite.clips):
        stride = max(1, suite.side // (32 * _PER_CELL))
        clip = make_clip(number, split="heldout", size=(suite.side, suite.side), stride=stride)
        made = render(clip.frames[0], motion=true_motion(clip))
        values.append(psnr(made[1:], true=clip.frames[1:]))
        progress(number + 1, suite.clips)
    return {
        "suite": "render-roundtrip",
        "base": "pocket",
        "method": "transport",
        "n": suite.clips,
        "seed": seed,
        "steps": 0,
        "size": [suite.side, suite.side],
        "conditions": {"true motion": mean_tally({"psnr": values}, seed=seed)},
        "psnr_by_clip": [round(value, 2) for value in values],
        "seconds": round(time.perf_counter() - began, 1),
    }
