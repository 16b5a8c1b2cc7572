"""Small and quick stand-ins for the parts of `pocket`."""

from __future__ import annotations

import zlib

import torch
from torch import Tensor, nn

from boximator.pocket.base import PocketBase, PocketSize, build
from boximator.pocket.text import TOKENS, WIDTH, TextEncoder

TINY = PocketSize(width=24, heads=2, layers=1, feed_forward=32, picture=8, spare=2)


class Words(TextEncoder):
    """Stands in for MiniLM where a test does not care what words mean: noise that differs by prompt."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.calls = 0

    def forward(self, prompts: list[str]) -> Tensor:
        self.calls += 1
        seeds = [torch.Generator().manual_seed(zlib.crc32(prompt.encode())) for prompt in prompts]
        states = torch.stack([torch.randn(TOKENS, WIDTH, generator=seed) for seed in seeds])
        return states * torch.tensor([bool(prompt) for prompt in prompts])[:, None, None]


def tiny_pocket(seed: int = 0) -> PocketBase:
    """A tiny base with random weights everywhere (the refiner of a new one starts at zero)."""
    torch.manual_seed(seed)
    base = build(TINY)
    for weight in base.refiner.parameters():
        nn.init.normal_(weight, std=0.02)
    return base.eval().requires_grad_(False)
