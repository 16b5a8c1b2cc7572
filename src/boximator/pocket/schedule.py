"""The straight path between a clean state and noise, for a network that predicts the clean state.

x_s = (1 - s) x + s e, with s = 0 clean and s = 1 noise. Predicting x under the weight of a velocity loss
follows JiT (arXiv 2511.13720): v = e - x = (x_s - x) / s, so |v' - v|^2 = |x' - x|^2 / s^2.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

SHIFT = 4.0
"""Times are pushed towards noise: neighbouring cells and frames repeat each other, so a state shows early."""

SMALLEST = 0.15
"""Below this time the loss weight stops growing."""


def shifted(u: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Uniform times in [0, 1] -> times pushed towards 1 (the usual timestep shift)."""
    return SHIFT * u / (1 + (SHIFT - 1) * u)


def training_times(batch: int, *, generator: torch.Generator) -> Float[Tensor, " batch"]:
    """Stratified over the batch, so that every batch sees early and late times."""
    u = (torch.arange(batch) + torch.rand(batch, generator=generator)) / batch
    return shifted(u[torch.randperm(batch, generator=generator)]).clamp(1e-3, 1.0)


def noised(
    clean: Float[Tensor, " batch *rest"],
    *,
    noise: Float[Tensor, " batch *rest"],
    times: Float[Tensor, " batch"],
) -> Float[Tensor, " batch *rest"]:
    """The point at ``times`` on the straight path."""
    s = times.reshape(-1, *([1] * (clean.ndim - 1)))
    return (1 - s) * clean + s * noise


def loss_weight(times: Float[Tensor, " batch"]) -> Float[Tensor, " batch"]:
    """1 / s^2, cut at `SMALLEST`."""
    return times.clamp_min(SMALLEST) ** -2


def sampling_times(steps: int) -> Float[Tensor, " steps_and_zero"]:
    """``steps`` times from 1 down, and 0 at the end."""
    return shifted(torch.linspace(1, 0, steps + 1))


def euler_step(
    state: Float[Tensor, " batch *rest"],
    *,
    clean: Float[Tensor, " batch *rest"],
    now: float,
    following: float,
) -> Float[Tensor, " batch *rest"]:
    """Move along the straight path from time ``now`` to ``following`` given the predicted clean state."""
    return clean + (state - clean) * (following / now)
