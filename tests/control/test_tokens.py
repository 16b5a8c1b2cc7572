from __future__ import annotations

import math

import torch

from boximator.control.adapter import BoxAdapter
from boximator.control.address import Address
from boximator.control.condition import Condition
from boximator.control.tokens import BoxTokens, fourier


def test_fourier_is_the_papers_formula() -> None:
    features = fourier(torch.tensor([[0.3, 0.9]]))
    expected = [
        wave(x * 100 ** (k / 8)) for x in (0.3, 0.9) for wave in (math.cos, math.sin) for k in range(8)
    ]
    torch.testing.assert_close(features, torch.tensor([expected]))


def test_fourier_is_computed_in_float32_whatever_comes_in() -> None:
    assert fourier(torch.ones(1, 2, dtype=torch.bfloat16)).dtype == torch.float32


def test_a_box_has_128_features_and_the_mlp_three_hidden_layers_of_512() -> None:
    linears = [layer for layer in BoxTokens(1024).mlp if isinstance(layer, torch.nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linears] == [
        (128, 512),
        (512, 512),
        (512, 512),
        (512, 1024),
    ]


def test_empty_slots_hold_the_null_token_whatever_their_box_says(boxes: Condition) -> None:
    tokens = BoxTokens(16)
    torch.nn.init.normal_(tokens.null)
    present = boxes.present.clone()
    present[0, 2, 3] = False
    made = tokens(boxes.boxes, boxes.colours, boxes.hard, present)
    assert made.shape == (2, 5, 8, 16)
    assert torch.equal(made[0, 2, 3], tokens.null)
    assert not (made[present] == tokens.null).all(-1).any()


def test_with_a_reference_the_box_of_frame_0_counts_in_every_frame(boxes: Condition) -> None:
    tokens = BoxTokens(16, reference=True)
    moved = boxes.boxes.clone()
    moved[:, 0] += 0.05
    made, other = (tokens(b, boxes.colours, boxes.hard, boxes.present) for b in (boxes.boxes, moved))
    assert not torch.isclose(made[:, 1:], other[:, 1:]).all(-1).any()


def test_an_object_without_a_box_in_frame_0_is_its_own_reference(boxes: Condition) -> None:
    tokens = BoxTokens(16, reference=True)
    present = boxes.present.clone()
    present[:, 0] = False
    moved = boxes.boxes.clone()
    moved[:, 0] += 0.05
    made, other = (tokens(b, boxes.colours, boxes.hard, present) for b in (boxes.boxes, moved))
    assert torch.equal(made, other)


def test_box_colour_and_flag_all_count(boxes: Condition) -> None:
    tokens = BoxTokens(16)
    made = tokens(boxes.boxes, boxes.colours, boxes.hard, boxes.present)
    for other in (
        tokens(boxes.boxes + 0.05, boxes.colours, boxes.hard, boxes.present),
        tokens(boxes.boxes, 1 - boxes.colours, boxes.hard, boxes.present),
        tokens(boxes.boxes, boxes.colours, ~boxes.hard, boxes.present),
    ):
        assert not torch.isclose(made, other).all(-1).any()


def test_fresh_tokens_have_size_one_and_vary_with_the_box(address: Address, boxes: Condition) -> None:
    tokens = BoxAdapter(address=address.to_json(), token_dim=64).tokens
    made = tokens(boxes.boxes, boxes.colours, boxes.hard, boxes.present).flatten(0, 2)
    assert 0.5 < made.square().mean().sqrt() < 2
    assert made.std(dim=0).mean() > 0.25


def test_with_reference_a_token_also_knows_its_box_in_frame_0(boxes: Condition) -> None:
    tokens = BoxTokens(16, reference=True)
    made = tokens(boxes.boxes, boxes.colours, boxes.hard, boxes.present)
    elsewhere = boxes.boxes.clone()
    elsewhere[:, 0] = (elsewhere[:, 0] + 0.2).clamp(0, 1)
    moved = tokens(elsewhere, boxes.colours, boxes.hard, boxes.present)
    shown = boxes.present[:, :1].expand_as(boxes.present) & boxes.present
    assert not torch.isclose(made[shown], moved[shown]).all(-1).any()


def test_an_object_without_a_box_in_frame_0_has_its_own_box_as_reference(boxes: Condition) -> None:
    tokens = BoxTokens(16, reference=True)
    late = boxes.present.clone()
    late[:, 0] = False
    elsewhere = boxes.boxes.clone()
    elsewhere[:, 0] = 0.5
    made = tokens(boxes.boxes, boxes.colours, boxes.hard, late)
    assert torch.equal(made, tokens(elsewhere, boxes.colours, boxes.hard, late))
