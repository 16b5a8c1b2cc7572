from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from boximator.training.muon import Muon, orthogonalised


def matrices(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 6, 20), (2, 20, 6)])
def test_singular_values_come_near_1_and_directions_stay(shape: tuple[int, int, int]) -> None:
    given = matrices(*shape)
    made = orthogonalised(given, steps=8)
    values = torch.linalg.svdvals(made)
    assert values.min() > 0.6
    assert values.max() < 1.3
    u, _, vh = torch.linalg.svd(given, full_matrices=False)
    inner = u.mT @ made @ vh.mT
    torch.testing.assert_close(
        inner, torch.diag_embed(torch.diagonal(inner, dim1=1, dim2=2)), atol=1e-4, rtol=0
    )


def test_scale_does_not_matter() -> None:
    given = matrices(1, 5, 7)
    torch.testing.assert_close(orthogonalised(1000 * given, steps=4), orthogonalised(given, steps=4))


def test_matrices_of_a_batch_do_not_see_each_other() -> None:
    given = matrices(3, 5, 7)
    alone = torch.cat([orthogonalised(one[None], steps=4) for one in given])
    torch.testing.assert_close(orthogonalised(given, steps=4), alone)


def plain_step(weight: Tensor, *, grad: Tensor, momentum: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """One matrix at a time, as its author writes it (momentum 0.9, weight decay 0.1, 4 iterations)."""
    momentum = 0.9 * momentum + 0.1 * grad
    x = 0.1 * grad + 0.9 * momentum
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(4):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    x = x.T if tall else x
    scale = max(1.0, weight.shape[0] / weight.shape[1]) ** 0.5
    return weight * (1 - lr * 0.1) - lr * scale * x, momentum


def test_it_matches_a_plain_loop_over_matrices() -> None:
    shapes = [(4, 6), (4, 6), (9, 3)]
    weights = [nn.Parameter(matrices(*shape, seed=i)) for i, shape in enumerate(shapes)]
    expected = [weight.detach().clone() for weight in weights]
    momenta = [torch.zeros_like(weight) for weight in expected]
    optimiser = Muon(weights, lr=0.05, momentum=0.9, weight_decay=0.1, ns_steps=4)
    for step in range(3):
        for index, weight in enumerate(weights):
            weight.grad = matrices(*shapes[index], seed=10 * step + index + 5)
            expected[index], momenta[index] = plain_step(
                expected[index], grad=weight.grad, momentum=momenta[index], lr=0.05
            )
        optimiser.step()
    for weight, wanted in zip(weights, expected, strict=True):
        torch.testing.assert_close(weight.detach(), wanted, atol=1e-5, rtol=1e-4)


def test_a_matrix_without_gradient_stays() -> None:
    moved, kept = nn.Parameter(matrices(3, 3)), nn.Parameter(matrices(3, 3, seed=1))
    moved.grad = torch.ones(3, 3)
    before = kept.detach().clone()
    Muon([moved, kept], lr=0.1, momentum=0.9, weight_decay=0.1, ns_steps=4).step()
    assert torch.equal(kept.detach(), before)
    assert not torch.equal(moved.detach(), matrices(3, 3))
