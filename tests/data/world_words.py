"""A text encoder that costs nothing, for tests in which words do not matter."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from boximator.pocket.text import TOKENS, WIDTH, TextEncoder


class NoWords(TextEncoder):
    """Every prompt is all zeros but for its length, in the first number."""

    def __init__(self) -> None:
        nn.Module.__init__(self)

    def forward(self, prompts: list[str]) -> Tensor:
        states = torch.zeros(len(prompts), TOKENS, WIDTH)
        states[:, 0, 0] = torch.tensor([float(len(prompt)) for prompt in prompts])
        return states
