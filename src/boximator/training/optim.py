"""Optimiser, learning-rate curve and running average of the weights."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from boximator.training.muon import Muon
from boximator.training.run import OptimConfig


def rate_factor(step: int, *, steps: int, config: OptimConfig) -> float:
    """Share of the full learning rate at ``step``: warm-up, plateau, linear cool-down to a twentieth."""
    rise = min(1.0, (step + 1) / max(1, config.warmup))
    left = (steps - step) / max(1, config.cooldown)
    return rise * max(0.05, min(1.0, left))


def _in_block(name: str) -> bool:
    """Whether a parameter belongs to a transformer block, or to a gated layer or the tokens of an adapter."""
    return any(part in name for part in ("blocks.", "layers.", "tokens.mlp.", "join."))


class Optimiser:
    """Muon for the two-dimensional weights inside blocks, AdamW for embeddings, heads, norms and biases.

    On two cores a step is dear; Muon (Jordan et al. 2024) needs clearly fewer of them for the same loss.
    """

    def __init__(self, module: nn.Module, *, config: OptimConfig) -> None:
        self.config = config
        named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        matrices = [p for name, p in named if p.ndim == 2 and _in_block(name)]
        chosen = {id(p) for p in matrices}
        others = [p for _, p in named if id(p) not in chosen]
        self.parts: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(others, lr=config.rate, betas=(0.9, 0.98), weight_decay=config.weight_decay)
        ]
        if matrices:
            self.parts.append(
                Muon(
                    matrices,
                    lr=config.matrix_rate,
                    momentum=0.95,
                    weight_decay=config.weight_decay,
                    ns_steps=4,
                )
            )
        self.rates = [part.param_groups[0]["lr"] for part in self.parts]

    def step(self, *, factor: float) -> None:
        """Update with the learning rates times ``factor`` and forget the gradients."""
        for part, rate in zip(self.parts, self.rates, strict=True):
            for group in part.param_groups:
                group["lr"] = rate * factor
            part.step()
            part.zero_grad(set_to_none=True)

    def drop(self) -> None:
        """Forget the gradients without a step (they were not finite)."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict[str, object]]:
        """States of the parts."""
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict[str, object]]) -> None:
        """Undo `state_dict`."""
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


class Average:
    """Exponential running average of the trained weights; it warms up, so that early ones do not linger."""

    def __init__(self, module: nn.Module, *, decay: float) -> None:
        self.decay = decay
        self.values: dict[str, Tensor] = {
            name: p.detach().clone() for name, p in module.named_parameters() if p.requires_grad
        }

    @torch.no_grad()
    def update(self, module: nn.Module, *, step: int) -> None:
        """Move the average towards the current weights."""
        decay = min(self.decay, (step + 1) / (step + 10))
        for name, p in module.named_parameters():
            if name in self.values:
                self.values[name].lerp_(p.detach(), 1 - decay)

    @contextmanager
    def shown(self, module: nn.Module) -> Generator[None]:
        """The module has the averaged weights inside the `with` block, and its own again after it."""
        self.swap(module)
        try:
            yield
        finally:
            self.swap(module)

    @torch.no_grad()
    def swap(self, module: nn.Module) -> None:
        """Exchange the module's weights with the average; calling it twice changes nothing."""
        for name, p in module.named_parameters():
            if name in self.values:
                kept = p.detach().clone()
                p.copy_(self.values[name])
                self.values[name].copy_(kept)
