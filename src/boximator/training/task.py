"""What the loop needs to know about the thing it trains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from boximator.data.example import Batch


@dataclass(frozen=True)
class Loss:
    """The number to lower, and the numbers to look at."""

    total: Tensor
    parts: Mapping[str, float] = field(default_factory=dict[str, float])


class Task(Protocol):
    """A model being trained."""

    @property
    def trained(self) -> nn.Module:
        """The module whose parameters with ``requires_grad`` are trained, averaged and saved."""
        ...

    def loss(self, batch: Batch, *, step: int, generator: torch.Generator) -> Loss:
        """The loss of one batch; all randomness comes from ``generator``."""
        ...

    def rate(self, step: int) -> float:
        """Factor on the learning rate at a step, besides warm-up and cool-down."""
        ...

    def milestone(self, step: int) -> bool:
        """Whether the run is to be looked at after so many steps, besides the regular looks."""
        ...

    def watch(self, batch: Batch, *, step: int) -> Mapping[str, float]:
        """Slower numbers, asked for now and then (gate sizes, the effect of boxes), after a step."""
        ...

    def preview(self, folder: Path, *, step: int) -> None:
        """Draw what the model does after so many steps, as ``NNNNNNN.png`` in a folder."""
        ...
