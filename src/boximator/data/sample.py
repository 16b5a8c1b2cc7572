"""A clip as it is passed on: what is seen, where each thing is, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float32, Float64, UInt8

from boximator.world.bodies import BodyClip, make_bodies
from boximator.world.clip import SLOTS, Clip, Split
from boximator.world.make import make_clip

Kind = Literal["sprites", "bodies"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, eq=False, kw_only=True)
class Sample:
    """What the world makes, of whatever kind. The axis of 8 is the slot; empty slots hold zeros and no label.

    Attributes:
        kind: flat cut-outs, or bodies with perspective.
        frames: what is seen.
        boxes: normalised, of the whole thing, clamped to the frame (a segment on the border: it is outside).
        present: whether the slot holds a thing.
        inside: whether it is in the frame.
        moving: whether it ends more than a tenth of the frame from where it began.
        masks: slot + 1 of the thing that is seen at each pixel, 0 where there is none.
        motion: frame 0's pixels (x, y, 1) -> frame t's, of flat things; None for bodies, which turn.
        camera_moves: whether the background visibly moves.
    """

    kind: Kind
    seed: int
    split: Split
    caption: str
    labels: tuple[str, ...]
    frames: UInt8[np.ndarray, "frames height width 3"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, " 8"]
    inside: Bool[np.ndarray, "frames 8"]
    moving: Bool[np.ndarray, " 8"]
    masks: UInt8[np.ndarray, "frames height width"]
    motion: Float64[np.ndarray, "frames 8 2 3"] | None
    camera_moves: bool

    @property
    def key(self) -> str:
        """Its name among all samples."""
        return f"{self.kind}-{self.split}-{self.seed:09d}"


def make_sample(kind: Kind, seed: int, *, split: Split, size: tuple[int, int], frames: int) -> Sample:
    """Make the sample of a seed; ``size`` is height and width in pixels."""
    if kind == "bodies":
        return of_bodies(make_bodies(seed, split=split, size=size, frames=frames))
    return of_clip(make_clip(seed, split=split, size=size, frames=frames, stride=8))


def of_clip(clip: Clip) -> Sample:
    """A clip of flat cut-outs."""
    return Sample(
        kind="sprites",
        seed=clip.seed,
        split=clip.split,
        caption=clip.caption,
        labels=clip.labels,
        frames=clip.frames,
        boxes=clip.boxes,
        present=clip.present,
        inside=clip.inside,
        moving=clip.moving,
        masks=clip.masks,
        motion=_since_first(clip),
        camera_moves=clip.camera_moves,
    )


def _since_first(clip: Clip) -> Float64[np.ndarray, "frames 8 2 3"]:
    """Template -> frame t after frame 0 -> template; zeros in empty slots."""
    square = np.zeros((*clip.affines.shape[:2], 3, 3))
    square[..., :2, :] = clip.affines
    square[..., 2, 2] = 1
    since = (square @ np.linalg.inv(square[0]))[..., :2, :]
    return np.where(clip.present[:, None, None], since, 0.0)


def of_bodies(clip: BodyClip) -> Sample:
    """A clip of bodies."""
    assert clip.boxes.shape[1] == SLOTS
    return Sample(
        kind="bodies",
        seed=clip.seed,
        split=clip.split,
        caption=clip.caption,
        labels=clip.labels,
        frames=clip.frames,
        boxes=clip.boxes,
        present=clip.present,
        inside=clip.inside,
        moving=clip.moving,
        masks=clip.masks,
        motion=None,
        camera_moves=clip.camera_moves,
    )
