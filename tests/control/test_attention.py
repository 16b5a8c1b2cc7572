from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from boximator.control.attention import GatedBoxAttention, places, pooling
from boximator.control.tokens import fourier
from boximator.scene.problem import Problem

DIM, HEADS, TOKEN = 16, 2, 12


def layer(
    *, positions: bool = False, cross_only: bool = False, bottleneck: int | None = None
) -> GatedBoxAttention:
    torch.manual_seed(0)
    made = GatedBoxAttention(
        DIM, HEADS, TOKEN, positions=positions, cross_only=cross_only, bottleneck=bottleneck
    )
    nn.init.normal_(made.output.weight)
    return made


def written_out(module: GatedBoxAttention, visual: Tensor, tokens: Tensor) -> Tensor:
    """TS(SelfAttn([v; t])) of the paper: attention over both, then the visual places only."""
    joint = torch.cat([module.norm(visual), module.norm_control(module.project(tokens))], dim=1)

    def heads(x: Tensor) -> Tensor:
        return x.unflatten(-1, (HEADS, -1)).transpose(1, 2)

    attended = F.scaled_dot_product_attention(
        heads(module.query(joint)), heads(module.key(joint)), heads(module.value(joint))
    )
    return module.output(attended.transpose(1, 2).flatten(2))[:, : visual.shape[1]]


def test_it_is_joint_self_attention_with_token_selection() -> None:
    module, visual, tokens = layer(), torch.randn(3, 6, DIM), torch.randn(3, 8, TOKEN)
    delta = module(visual, module.keys_values(tokens))
    torch.testing.assert_close(delta, written_out(module, visual, tokens))


def test_rows_do_not_see_each_other() -> None:
    module, visual, tokens = layer(), torch.randn(3, 6, DIM), torch.randn(3, 8, TOKEN)
    delta = module(visual, module.keys_values(tokens))
    tokens[1] += 1
    visual[1] += torch.randn(6, DIM)
    changed = module(visual, module.keys_values(tokens))
    assert torch.equal(delta[[0, 2]], changed[[0, 2]])
    assert not torch.isclose(delta[1], changed[1]).any()


def zero_output() -> GatedBoxAttention:
    module = GatedBoxAttention(DIM, HEADS, TOKEN, positions=True)
    nn.init.zeros_(module.output.weight)
    nn.init.zeros_(module.output.bias)
    return module


def scalar_gate() -> GatedBoxAttention:
    return GatedBoxAttention(DIM, HEADS, TOKEN, positions=True, gate="tanh")


@pytest.mark.parametrize("make", [zero_output, scalar_gate])
def test_fresh_it_adds_exactly_nothing(make: Callable[[], GatedBoxAttention]) -> None:
    module = make()
    control = module.keys_values(torch.randn(1, 8, TOKEN))
    delta = module(torch.randn(1, 6, DIM), control, places(2, 3, device=torch.device("cpu")))
    assert torch.equal(delta, torch.zeros(1, 6, DIM))
    assert module.gate_norm() == 0


def test_cross_only_does_not_look_at_other_visual_tokens() -> None:
    visual, tokens = torch.randn(1, 6, DIM), torch.randn(1, 8, TOKEN)
    changed = visual.clone()
    changed[:, 5] = torch.randn(DIM)
    for cross_only in (True, False):
        module = layer(cross_only=cross_only)
        control = module.keys_values(tokens)
        same = torch.equal(module(visual, control)[:, :5], module(changed, control)[:, :5])
        assert same == cross_only


def test_only_positions_tell_equal_tokens_apart() -> None:
    visual, tokens = torch.randn(1, 1, DIM).expand(1, 6, DIM), torch.randn(1, 8, TOKEN)
    place = places(2, 3, device=torch.device("cpu"))
    plain, placed = layer(), layer(positions=True)
    torch.testing.assert_close(*plain(visual, plain.keys_values(tokens)).chunk(2, dim=1))
    deltas = placed(visual, placed.keys_values(tokens), place)[0]
    assert torch.pdist(deltas).min() > 1e-3


def test_places_are_the_patch_centres_row_by_row() -> None:
    centres = torch.tensor(
        [[1 / 6, 1 / 4], [3 / 6, 1 / 4], [5 / 6, 1 / 4], [1 / 6, 3 / 4], [3 / 6, 3 / 4], [5 / 6, 3 / 4]]
    )
    torch.testing.assert_close(places(2, 3, device=torch.device("cpu")), fourier(centres))


def test_a_bottleneck_narrows_the_attention_only() -> None:
    module = layer(bottleneck=8)
    assert (module.query.out_features, module.output.in_features) == (8, 8)
    delta = module(torch.randn(1, 6, DIM), module.keys_values(torch.randn(1, 8, TOKEN)))
    assert delta.shape == (1, 6, DIM)


def test_a_bottleneck_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(Problem, match="bottleneck=6"):
        layer(bottleneck=7)


@pytest.mark.parametrize(
    ("grid", "keys", "side"),
    [((4, 4), 16, 1), ((4, 4), 15, 2), ((72, 128), 2304, 2), ((88, 160), 2304, 3), ((3, 5), 1, 5)],
)
def test_the_smallest_squares_that_leave_few_enough_keys(grid: tuple[int, int], keys: int, side: int) -> None:
    assert pooling(grid, keys=keys) == side


def pooled(visual_keys: int | None) -> GatedBoxAttention:
    torch.manual_seed(0)
    made = GatedBoxAttention(DIM, HEADS, TOKEN, positions=False, visual_keys=visual_keys)
    nn.init.normal_(made.output.weight)
    return made


def test_pooled_keys_are_means_of_squares_and_odd_edges_are_kept() -> None:
    visual, tokens = torch.randn(2, 3 * 5, DIM), torch.randn(2, 4, TOKEN)
    module = pooled(6)
    ours = module(visual, module.keys_values(tokens), None, (3, 5))
    square = module.norm(visual).reshape(2, 3, 5, DIM)
    seen = torch.stack(
        [square[:, r : r + 2, c : c + 2].mean(dim=(1, 2)) for r in (0, 2) for c in (0, 2, 4)], dim=1
    )
    control = module.norm_control(module.project(tokens))

    def heads(x: Tensor) -> Tensor:
        return x.unflatten(-1, (HEADS, -1)).transpose(1, 2)

    joint = torch.cat([seen, control], dim=1)
    attended = F.scaled_dot_product_attention(
        heads(module.query(module.norm(visual))), heads(module.key(joint)), heads(module.value(joint))
    )
    torch.testing.assert_close(ours, module.output(attended.transpose(1, 2).flatten(2)))


def test_few_tokens_are_not_pooled() -> None:
    visual, tokens = torch.randn(2, 15, DIM), torch.randn(2, 4, TOKEN)
    some, every = pooled(15), pooled(None)
    assert torch.equal(
        some(visual, some.keys_values(tokens), None, (3, 5)), every(visual, every.keys_values(tokens))
    )
