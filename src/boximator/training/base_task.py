"""Training `pocket` itself: picture and words in, motion out, no boxes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from boximator.data.example import Batch
from boximator.pocket.base import PocketBase
from boximator.pocket.layout import PACK
from boximator.pocket.schedule import loss_weight, noised, training_times
from boximator.pocket.state import encode, to_cells
from boximator.training.preview import write_preview
from boximator.training.task import Loss

COLOUR_WEIGHT = 0.4
"""Colour is the larger part of the numbers and the smaller part of what is rendered."""
HIDDEN_WEIGHT = 0.3
THING_WEIGHT = 0.3


def clean_state(
    batch: Batch, *, colour: Tensor | None = None
) -> Float[Tensor, "batch channels latent rows columns"]:
    """The state to learn; ``colour`` replaces the frames' own (with boxes drawn on it, say)."""
    return encode(batch.motion(colour=colour), first=to_cells(batch.picture))


def state_loss(
    predicted: Float[Tensor, "batch channels latent rows columns"],
    *,
    clean: Float[Tensor, "batch channels latent rows columns"],
    weight: Float[Tensor, " batch"],
    colour_weight: float = COLOUR_WEIGHT,
) -> Loss:
    """Squared error of the clean state, weighted by the video's ``weight``, and its parts by channel."""
    error = rearrange((predicted - clean).square(), "b (r c) g h w -> b c (r g h w)", r=PACK).mean(2)
    colour, flow, hidden, thing = error[:, :3].mean(1), error[:, 3:5].mean(1), error[:, 5], error[:, 6]
    lesser = HIDDEN_WEIGHT * hidden + THING_WEIGHT * thing
    total = (weight * (colour_weight * colour + flow + lesser)).mean()
    parts = {"colour": colour, "flow": flow, "hidden": hidden, "thing": thing}
    return Loss(total=total, parts={name: part.mean().item() for name, part in parts.items()})


class BaseTask:
    """`pocket` without boxes."""

    def __init__(self, base: PocketBase) -> None:
        self.base = base

    @property
    def trained(self) -> nn.Module:
        """The whole base."""
        return self.base

    def loss(self, batch: Batch, *, step: int, generator: torch.Generator) -> Loss:
        """Noise the clean state at a random time and predict it back."""
        clean = clean_state(batch)
        times = training_times(len(batch), generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        features = self.base.features(batch.picture, last=batch.last)
        predicted = self.base(
            noised(clean, noise=noise, times=times), times=times, features=features, text=batch.text
        )
        return state_loss(predicted, clean=clean, weight=loss_weight(times))

    def rate(self, step: int) -> float:
        """No stages."""
        return 1.0

    def milestone(self, step: int) -> bool:
        """No stages."""
        return False

    def watch(self, batch: Batch, *, step: int) -> Mapping[str, float]:
        """Nothing slow to watch."""
        return {}

    def preview(self, folder: Path, *, step: int) -> None:
        """Sample held-out clips and draw them beside the truth."""
        write_preview(self.base, folder / f"{step:07d}.png")
