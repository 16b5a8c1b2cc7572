"""Pictures of what a base does in the middle of training: truth above, sample below."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from einops import repeat
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.control.adapter import BoxAdapter
from boximator.control.condition import Condition
from boximator.data.example import Batch
from boximator.data.stream import StreamConfig, make_batch
from boximator.pocket.base import PocketBase
from boximator.pocket.sample import Given, denoise, initial_noise
from boximator.pocket.state import Motion, decode, to_cells
from boximator.pocket.text import TextEncoder
from boximator.provenance.about import About
from boximator.provenance.label import banded
from boximator.provenance.marks import write_marked
from boximator.scene.colours import COLOURS

_SHOWN = (0, 3, 7, 11, 14)
_CELL = 64
_ABOUT = About(base="pocket in training", method="sample of a training")


def preview_batch(*, rows: int = 6) -> Batch:
    """A fixed batch of held-out clips."""
    return make_batch(
        StreamConfig(batch=rows, split="heldout", textless=0, perturb=0, last=0), step=0, text=TextEncoder()
    )


def colour_flow(flow: Float[Tensor, "2 rows columns"]) -> UInt8[np.ndarray, "rows columns 3"]:
    """Direction as hue, length as brightness."""
    x, y = flow.numpy()
    hue = ((np.arctan2(y, x) / (2 * np.pi)) % 1) * 179
    value = np.clip(np.hypot(x, y) * 4, 0, 1) * 255
    hsv = np.stack([hue, np.full_like(hue, 220), value], axis=-1).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def _strip(motion: Motion, *, row: int) -> UInt8[np.ndarray, "height width 3"]:
    panels: list[np.ndarray] = []
    for t in _SHOWN:
        panels.append(((motion.colour[row, t].permute(1, 2, 0).numpy() + 1) * 127.5).astype(np.uint8))
    for t in _SHOWN:
        panels.append(colour_flow(motion.flow[row, t]))
    thing = (motion.thing[row, _SHOWN[0]].numpy() * 255).astype(np.uint8)
    panels.append(np.repeat(thing[..., None], 3, axis=2))
    return np.hstack([cv2.resize(p, (_CELL, _CELL), interpolation=cv2.INTER_NEAREST) for p in panels])


def planned(batch: Batch) -> Condition:
    """Boxes as a person gives them: hard on the first and last frame, relaxed soft boxes between."""
    first, last = batch.boxes[:, :1], batch.boxes[:, -1:]
    times = torch.linspace(0, 1, batch.boxes.shape[1]).reshape(1, -1, 1, 1)
    boxes = first + (last - first) * times
    outward = torch.tensor([-1.0, -1.0, 1.0, 1.0]) / 9
    hard = torch.zeros(boxes.shape[:3], dtype=torch.bool)
    hard[:, 0] = hard[:, -1] = True
    boxes = torch.where(hard[..., None], boxes, (boxes + outward).clamp(0, 1))
    present = repeat(batch.present, "b n -> b f n", f=boxes.shape[1])
    return Condition(
        boxes=boxes, colours=torch.tensor(COLOURS).expand(len(batch), -1, -1), hard=hard, present=present
    )


def sample_motion(
    base: PocketBase, *, batch: Batch, steps: int = 20, guidance: float = 1.5, seed: int = 0
) -> Motion:
    """Sample the motion of a whole batch."""
    given = Given(
        features=base.features(batch.picture, last=batch.last),
        text=batch.text,
        negative_text=torch.zeros_like(batch.text),
    )
    noise = initial_noise(given, generator=torch.Generator().manual_seed(seed))
    state = denoise(base, given=given, noise=noise, steps=steps, guidance=guidance)
    return decode(state, first=to_cells(batch.picture))


@torch.no_grad()
def write_preview(base: PocketBase, path: Path) -> None:
    """Draw colour and flow at five frames: truth, then sample, for every row of `preview_batch`."""
    batch = preview_batch()
    base.eval()
    sampled = sample_motion(base, batch=batch)
    base.train()
    truth = batch.motion()
    rows = [_strip(m, row=i) for i in range(len(batch)) for m in (truth, sampled)]
    _write(rows, path)


@torch.no_grad()
def write_box_preview(base: PocketBase, adapter: BoxAdapter, path: Path) -> None:
    """Truth, sample with boxes, sample without, for every row of `preview_batch`."""
    batch = preview_batch()
    truth = batch.motion()
    shown = [truth]
    for condition in (planned(batch), None):
        with adapter.condition(condition):
            shown.append(sample_motion(base, batch=batch))
    rows = [_strip(motion, row=i) for i in range(len(batch)) for motion in shown]
    _write(rows, path)


def _write(rows: list[np.ndarray], path: Path) -> None:
    """The rows one below the other, and a band below with the label, which covers none of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_marked(banded(np.vstack(rows)[None]), path, fps=1, about=_ABOUT)
