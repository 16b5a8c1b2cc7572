"""A decoded motion of one video in numpy, as the renderer takes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from boximator.pocket.state import Motion


@dataclass(frozen=True)
class MotionArrays:
    """Frames 1 to T-1 of one video; see `boximator.pocket.state.Motion`. Colours in 0..1.

    Without ``thing`` the flow is every cell's own: a cell that is half of a thing moves half as far.
    """

    colour: Float32[np.ndarray, "later rows columns 3"]
    flow: Float32[np.ndarray, "later 2 rows columns"]
    visible: Float32[np.ndarray, "later rows columns"]
    thing: Float32[np.ndarray, "later rows columns"] | None = None


def to_arrays(motion: Motion, *, row: int = 0) -> MotionArrays:
    """One video of a batch."""
    colour = (motion.colour[row].permute(0, 2, 3, 1) + 1) / 2
    return MotionArrays(
        colour=colour.float().numpy(),
        flow=motion.flow[row].float().numpy(),
        visible=motion.visible[row].float().numpy(),
        thing=motion.thing[row].float().numpy(),
    )


def _sampled(planes: np.ndarray, *, still: np.ndarray, frames: int) -> np.ndarray:
    """Planes at frames 1.. of a clip of ``frames``, by linear interpolation in time; ``still`` is frame 0."""
    every = np.concatenate([still[None], planes])
    at = np.linspace(0, len(every) - 1, frames)[1:]
    low = np.minimum(at.astype(int), len(every) - 2)
    share = (at - low).reshape(-1, *([1] * (planes.ndim - 1))).astype(np.float32)
    return (1 - share) * every[low] + share * every[low + 1]


def resampled(
    motion: MotionArrays, *, frames: int, first: Float32[np.ndarray, "rows columns 3"]
) -> MotionArrays:
    """The same motion shown in another number of frames; ``first`` is the first picture's colours."""
    if frames == len(motion.flow) + 1:
        return motion
    return MotionArrays(
        colour=_sampled(motion.colour, still=first, frames=frames),
        flow=_sampled(motion.flow, still=np.zeros_like(motion.flow[0]), frames=frames),
        visible=_sampled(motion.visible, still=np.ones_like(motion.visible[0]), frames=frames),
        thing=None if motion.thing is None else _sampled(motion.thing, still=motion.thing[0], frames=frames),
    )
