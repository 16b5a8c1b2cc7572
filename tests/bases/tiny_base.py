"""What a tiny random base offers to the tests, and conditions and adapters for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from boximator.control.adapter import BoxAdapter
from boximator.control.address import Address
from boximator.control.condition import Condition

STEPS = 2


class Generate(Protocol):
    """A whole generation of `videos` videos, guidance on, the same every time."""

    def __call__(self, *, videos: int = 1) -> Tensor: ...


@dataclass(frozen=True, kw_only=True)
class TinyBase:
    """One base of the contract test.

    Attributes:
        pipe: what an adapter is attached to.
        denoiser: the module that gets the hooks.
        address: where.
        frames: video frames that `generate` makes.
        generate: the whole pipeline.
        forward: one call of the denoiser for a batch of `videos`, in any dtype, with gradients.
        prepared: times the control tokens are prepared in one generation (once per branch of guidance).
    """

    pipe: object
    denoiser: nn.Module
    address: Address
    frames: int
    generate: Generate
    forward: Callable[[int], Tensor]
    prepared: int = 1


def condition(*, videos: int, frames: int, seed: int = 0) -> Condition:
    """Random boxes, some slots empty."""
    generator = torch.Generator().manual_seed(seed)
    corners = torch.rand(videos, frames, 8, 2, 2, generator=generator).sort(dim=-2).values
    return Condition(
        boxes=corners.flatten(-2),
        colours=torch.rand(videos, 8, 3, generator=generator),
        hard=torch.rand(videos, frames, 8, generator=generator) > 0.5,
        present=torch.rand(videos, frames, 8, generator=generator) > 0.3,
    )


def fresh(base: TinyBase, **options: Any) -> BoxAdapter:
    """A fresh adapter for `base`, with small tokens."""
    generator = torch.Generator().manual_seed(3)
    return BoxAdapter.from_base(base.pipe, address=base.address, token_dim=32, generator=generator, **options)


def trained(base: TinyBase, **options: Any) -> BoxAdapter:
    """An adapter whose output projections are no longer zero."""
    adapter = fresh(base, **options)
    generator = torch.Generator().manual_seed(4)
    for layer in adapter.gated_layers:
        nn.init.normal_(layer.output.weight, std=0.5, generator=generator)
    return adapter


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def generators(videos: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(7) for _ in range(videos)]


def like(sample: Tensor, denoiser: nn.Module) -> Tensor:
    return sample.to(next(denoiser.parameters()).dtype)


def picture(side: int) -> Tensor:
    """One square picture in [0, 1], as pipelines take it."""
    return noise(1, 3, side, side).sigmoid()


def texts(videos: int, *, width: int, words: int = 6, masks: bool = False) -> dict[str, Tensor]:
    """The states of a prompt and of what it is not, as pipelines take them in place of words."""
    told = {
        "prompt_embeds": noise(1, words, width).expand(videos, -1, -1),
        "negative_prompt_embeds": noise(1, words, width, seed=1).expand(videos, -1, -1),
    }
    if masks:
        told |= {
            "prompt_attention_mask": torch.ones(videos, words),
            "negative_prompt_attention_mask": torch.ones(videos, words),
        }
    return told
