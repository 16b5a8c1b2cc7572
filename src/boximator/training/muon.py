"""Muon in the precision of the weights: momentum, made orthogonal by Newton-Schulz steps.

torch's own `torch.optim.Muon` casts to bfloat16, which these CPUs multiply several times more slowly than
float32, and takes one matrix at a time; here all matrices of one shape go through one batched product.
Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/ (coefficients of the quintic
iteration).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import torch
from jaxtyping import Float
from torch import Tensor

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalised(
    matrices: Float[Tensor, "count rows columns"], *, steps: int
) -> Float[Tensor, "count rows columns"]:
    """Matrices with the same singular vectors and singular values near 1."""
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised, with decoupled weight decay; for matrices only."""

    def __init__(
        self, params: Iterable[Tensor], *, lr: float, momentum: float, weight_decay: float, ns_steps: int
    ) -> None:
        super().__init__(
            list(params),
            {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "ns_steps": ns_steps},
        )

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update every matrix that has a gradient."""
        assert closure is None, "Muon takes no closure"
        for group in self.param_groups:
            shapes: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
            for p in group["params"]:
                if p.grad is not None:
                    shapes[tuple(p.shape)].append(p)
            for (rows, columns), same in shapes.items():
                looked = torch.stack([self._momentum(p, momentum=group["momentum"]) for p in same])
                updates = orthogonalised(looked, steps=group["ns_steps"]) * max(1.0, rows / columns) ** 0.5
                for p, update in zip(same, updates, strict=True):
                    p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"])

    def _momentum(self, p: Tensor, *, momentum: float) -> Tensor:
        state = self.state[p]
        grad = p.grad
        assert grad is not None
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(p)
        state["momentum"].lerp_(grad, 1 - momentum)
        return grad.lerp(state["momentum"], momentum)
