"""Denoise a state: the loop from noise to a clean state, with guidance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from boximator.pocket.base import PocketBase
from boximator.pocket.layout import FRAMES, PACK, STATE_CHANNELS
from boximator.pocket.schedule import euler_step, sampling_times

Progress = Callable[[int, int], None]
AfterStep = Callable[[int, float, Tensor], Tensor]
"""Step that was made, the time it began at, state after it -> state to go on with."""


@dataclass(frozen=True)
class Given:
    """What one generation starts from, already encoded; constant over the denoising steps.

    ``text`` and ``negative_text`` are token states; ``features`` come from `PocketBase.features`.
    """

    features: Float[Tensor, "batch channels rows columns"]
    text: Float[Tensor, "batch tokens text_width"]
    negative_text: Float[Tensor, "batch tokens text_width"]


def initial_noise(
    given: Given, *, generator: torch.Generator
) -> Float[Tensor, "batch channels latent rows columns"]:
    """Unit noise of the state's shape."""
    batch, _, rows, columns = given.features.shape
    shape = (batch, STATE_CHANNELS * PACK, (FRAMES - 1) // PACK, rows, columns)
    return torch.randn(shape, generator=generator)


@torch.no_grad()
def denoise(
    base: PocketBase,
    *,
    given: Given,
    noise: Float[Tensor, "batch channels latent rows columns"],
    steps: int,
    guidance: float,
    progress: Progress | None = None,
    look: Callable[[Tensor], None] | None = None,
    after_step: AfterStep | None = None,
) -> Float[Tensor, "batch channels latent rows columns"]:
    """Euler steps along the straight path.

    With ``guidance`` != 1 every step runs [negative, positive] as one batch (negative first, as diffusers
    does), and the clean states are extrapolated: x = x_neg + g (x_pos - x_neg). ``look`` is shown the clean
    state that every step expects, before ``progress`` counts it.
    """
    guided = guidance != 1.0
    features = torch.cat([given.features] * 2) if guided else given.features
    text = torch.cat([given.negative_text, given.text]) if guided else given.text
    state, times = noise, sampling_times(steps).tolist()
    for index in range(steps):
        now, following = times[index], times[index + 1]
        both = torch.cat([state] * 2) if guided else state
        clean = base(both, times=both.new_full((both.shape[0],), now), features=features, text=text)
        if guided:
            negative, positive = clean.chunk(2)
            clean = negative + guidance * (positive - negative)
        state = euler_step(state, clean=clean, now=now, following=following)
        if after_step is not None:
            state = after_step(index, now, state)
        if look is not None:
            look(clean)
        if progress is not None:
            progress(index + 1, steps)
    return state
