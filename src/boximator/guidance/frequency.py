"""Low frequencies from one tensor, high ones from another (FreeTraj in three dimensions, SG-I2V in two)."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

ORDER = 4
"""Of the Butterworth filter, in both papers' code."""


def butterworth(shape: tuple[int, ...], *, stops: tuple[float, ...]) -> Float[Tensor, "*shape"]:
    """How much of each frequency passes a low-pass filter; the order of axes and frequencies is that of `fftn`.

    Args:
        shape: sizes of the axes.
        stops: for every axis the frequency that is let through by half, as a share of the highest.
    """
    square = torch.zeros(shape)
    for axis, (size, stop) in enumerate(zip(shape, stops, strict=True)):
        share = 2 * torch.fft.fftfreq(size) / stop
        square = square + share.reshape([-1 if index == axis else 1 for index in range(len(shape))]) ** 2
    return 1 / (1 + square**ORDER)


def blended(
    low: Float[Tensor, "*any"], *, high: Float[Tensor, "*any"], stops: tuple[float, ...]
) -> Float[Tensor, "*any"]:
    """Over the last axes, as many as there are ``stops``."""
    axes = tuple(range(-len(stops), 0))
    passes = butterworth(tuple(low.shape[axis] for axis in axes), stops=stops).to(low.device)
    parts = [torch.fft.fftn(part.float(), dim=axes) for part in (low, high)]
    mixed = passes * parts[0] + (1 - passes) * parts[1]
    return torch.fft.ifftn(mixed, dim=axes).real.to(low.dtype)
