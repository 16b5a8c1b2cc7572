"""One world clip as `pocket` is trained on it, and a batch of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
import torch
from jaxtyping import Bool, Float, Float32, UInt8
from torch import Tensor

from boximator.pocket.layout import CELL, PATCH
from boximator.pocket.state import Motion
from boximator.world.clip import Clip


@dataclass(frozen=True)
class Batch:
    """Tensors of one training step; ``later`` is frames 1 to T-1, ``rows`` and ``columns`` are state cells.

    ``picture`` and ``colour`` are in [-1, 1]; ``flow`` in fractions of width and height; ``thing`` in 0..1;
    ``boxes`` normalised and clamped; ``text`` the token states of the captions, ``last`` the cells of a last
    picture and a mask (zero where none is given).
    """

    picture: Float[Tensor, "batch 3 height width"]
    colour: Float[Tensor, "batch later 3 rows columns"]
    flow: Float[Tensor, "batch later 2 rows columns"]
    visible: Float[Tensor, "batch later rows columns"]
    thing: Float[Tensor, "batch later rows columns"]
    last: Float[Tensor, "batch 4 rows columns"]
    text: Float[Tensor, "batch tokens text_width"]
    boxes: Float[Tensor, "batch frames 8 4"]
    present: Bool[Tensor, "batch 8"]
    captions: tuple[str, ...]

    def __len__(self) -> int:
        return self.picture.shape[0]

    def motion(self, *, colour: Float[Tensor, "batch later 3 rows columns"] | None = None) -> Motion:
        """What is to be denoised; ``colour`` replaces the frames' own (with boxes drawn on it, say)."""
        shown = self.colour if colour is None else colour
        return Motion(colour=shown, flow=self.flow, visible=self.visible, thing=self.thing)


@dataclass(frozen=True)
class Example:
    """One row of a `Batch`, still in numpy."""

    picture: Float32[np.ndarray, "3 height width"]
    colour: Float32[np.ndarray, "later 3 rows columns"]
    flow: Float32[np.ndarray, "later 2 rows columns"]
    visible: Float32[np.ndarray, "later rows columns"]
    thing: Float32[np.ndarray, "later rows columns"]
    last: Float32[np.ndarray, "4 rows columns"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, " 8"]


SPREAD = CELL * PATCH
"""Pixels of a token: to the edges of these squares the flow round a thing is the thing's own."""

FLOW_STRIDE = 2
"""Spacing in pixels of the flow that examples are made from: four values tell a cell's mixture well."""


def cells(plane: np.ndarray, *, cell: int = CELL) -> np.ndarray:
    """Average a (height, width[, channels]) array over squares of ``cell`` values."""
    return cv2.resize(plane, (plane.shape[1] // cell, plane.shape[0] // cell), interpolation=cv2.INTER_AREA)


def signed(frame: UInt8[np.ndarray, "height width 3"]) -> Float32[np.ndarray, "3 height width"]:
    """Bytes -> [-1, 1], channels first."""
    return np.ascontiguousarray(frame.transpose(2, 0, 1), np.float32) / 127.5 - 1


def perturbed(
    frame: UInt8[np.ndarray, "height width 3"], *, rng: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """A worse copy of the first picture: blurred, grainy or re-lit, as photographs from elsewhere are."""
    out = frame.astype(np.float32)
    choice = rng.integers(3)
    if choice == 0:
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.4, 1.5)))
    if choice == 1:
        out = out + rng.normal(0, rng.uniform(4, 20), out.shape)
    if choice == 2:
        out = 255 * (np.clip(out, 0, 255) / 255) ** rng.uniform(0.6, 1.6) * rng.uniform(0.8, 1.15, 3)
    return np.clip(out, 0, 255).astype(np.uint8)


def example(clip: Clip, *, rng: np.random.Generator, perturb: float = 0.15, last: float = 0.2) -> Example:
    """Make a training example of a clip made with ``stride=FLOW_STRIDE, spread=SPREAD``.

    ``perturb`` is the share of examples with a worse first picture, ``last`` of those with a last picture.
    The last picture is one of the last three frames (PixelDance, arXiv 2311.10982): it is obeyed loosely.
    """
    low = [cells(frame) for frame in clip.frames]
    given = perturbed(clip.frames[0], rng=rng) if rng.random() < perturb else clip.frames[0]
    goal = np.zeros((4, *low[0].shape[:2]), np.float32)
    if rng.random() < last:
        goal[:3] = signed(low[int(rng.integers(len(low) - 3, len(low)))])
        goal[3] = 1
    return Example(
        picture=signed(given),
        colour=np.stack([signed(frame) for frame in low[1:]]),
        flow=np.stack(
            [[cells(axis, cell=CELL // FLOW_STRIDE) for axis in frame] for frame in clip.flow[1:]]
        ).astype(np.float32),
        visible=np.stack([cells(frame, cell=CELL // FLOW_STRIDE) for frame in clip.visibility[1:]]).astype(
            np.float32
        ),
        thing=np.repeat(cells(clip.first_cover)[None], len(low) - 1, axis=0),
        last=goal,
        boxes=clip.boxes,
        present=clip.present,
    )


def collate(
    rows: list[Example], *, text: Float[Tensor, "batch tokens text_width"], captions: tuple[str, ...]
) -> Batch:
    """Stack examples of one size."""
    stacked = {
        field.name: torch.from_numpy(np.stack([getattr(row, field.name) for row in rows]))
        for field in fields(Example)
    }
    return Batch(**stacked, text=text, captions=captions)
