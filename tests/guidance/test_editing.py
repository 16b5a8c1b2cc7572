from __future__ import annotations

import pytest
import torch
from tiny_stages import noise
from torch import Tensor, nn
from torch.nn import functional as F

from boximator.guidance import editing as editing_module
from boximator.guidance.editing import editing, weighed
from boximator.guidance.sites import Site
from boximator.scene.problem import Problem


class Looking(nn.Module):
    """Attends to itself by torch's function, or by hand."""

    def __init__(self, *, by_hand: bool = False) -> None:
        super().__init__()
        self.by_hand = by_hand

    def forward(self, tokens: Tensor) -> Tensor:
        if self.by_hand:
            return (tokens @ tokens.mT).softmax(-1) @ tokens
        return F.scaled_dot_product_attention(tokens, key=tokens, value=tokens)


def site(module: nn.Module) -> Site:
    return Site(module=module, path="there", kind="space")


def nothing(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.zeros_like(query)


def softmax(scores: Tensor, *, first: int) -> Tensor:
    return scores.softmax(-1)


def test_attention_inside_the_block_is_the_edit_and_outside_torchs_own() -> None:
    module, tokens = Looking(), noise(1, 2, 3, 4)
    before = module(tokens)
    with editing([site(module)], make=lambda _: nothing, method="m"):
        assert not module(tokens).any()
        assert F.scaled_dot_product_attention(tokens, tokens, tokens).any(), "only inside our module"
    assert torch.equal(module(tokens), before)


def test_nothing_is_done_where_none_is_answered() -> None:
    module, tokens = Looking(), noise(1, 2, 3, 4)
    answers = iter([None, nothing])
    with editing([site(module)], make=lambda _: next(answers), method="m"):
        assert torch.equal(module(tokens), Looking()(tokens))
        assert not module(tokens).any()


def test_an_edit_that_did_not_happen_is_an_error() -> None:
    module = Looking(by_hand=True)
    with (
        pytest.raises(Problem, match="did nothing"),
        editing([site(module)], make=lambda _: nothing, method="m"),
    ):
        module(noise(1, 2, 3, 4))
    with (
        pytest.raises(Problem, match="did nothing"),
        editing([site(module)], make=lambda _: nothing, method="m"),
    ):
        pass


def test_an_error_in_the_module_ends_the_edit() -> None:
    class Broken(nn.Module):
        def forward(self, tokens: Tensor) -> Tensor:
            raise RuntimeError("broken")

    module, tokens = Broken(), noise(1, 2, 3, 4)
    with (
        pytest.raises(RuntimeError, match="broken"),
        editing([site(module)], make=lambda _: nothing, method="m"),
    ):
        module(tokens)
    assert F.scaled_dot_product_attention(tokens, tokens, tokens).any()


def test_weights_of_a_softmax_are_torchs_attention_in_any_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    query, key, value = noise(2, 3, 5, 4), noise(2, 3, 7, 4, seed=1), noise(2, 3, 7, 4, seed=2)
    expected = F.scaled_dot_product_attention(query, key, value)
    assert torch.allclose(weighed(query, key, value, weigh=softmax), expected, atol=1e-6)
    monkeypatch.setattr(editing_module, "_MOST", 2 * 3 * 7 * 2)
    firsts: list[int] = []

    def listening(scores: Tensor, *, first: int) -> Tensor:
        firsts.append(first)
        return scores.softmax(-1)

    assert torch.allclose(weighed(query, key, value, weigh=listening), expected, atol=1e-6)
    assert firsts == [0, 2, 4]
