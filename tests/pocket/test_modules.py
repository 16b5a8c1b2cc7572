from __future__ import annotations

import torch
from torch import nn

from boximator.pocket.layout import CELL, PACK, STATE_CHANNELS
from boximator.pocket.modules import COORDINATES, LAST, PictureEncoder, StateRefiner

CHANNELS = STATE_CHANNELS * PACK


def test_features_stand_on_the_grid_of_cells_with_their_coordinates() -> None:
    encoder = PictureEncoder(width=6, hidden=4)
    last = torch.rand(2, LAST, 3, 5)
    features = encoder(torch.randn(2, 3, 3 * CELL, 5 * CELL), last)
    assert features.shape == (2, encoder.out_channels, 3, 5)
    assert encoder.out_channels == 6 + COORDINATES + LAST
    assert torch.equal(features[0, 6, 0], torch.linspace(-1, 1, 5)), "x runs along a row"
    assert torch.equal(features[0, 7, :, 0], torch.linspace(-1, 1, 3)), "y runs down a column"
    assert torch.equal(features[:, -LAST:], last)


def refiner() -> StateRefiner:
    torch.manual_seed(0)
    return StateRefiner(spare=2, picture=5, hidden=4)


def given(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    answer = torch.randn(2, CHANNELS + 2, 3, 6, 6, generator=generator)
    state = torch.randn(2, CHANNELS, 3, 6, 6, generator=generator)
    return answer, state, torch.randn(2, 5, 6, 6, generator=generator), torch.rand(2, generator=generator)


def test_a_new_refiner_passes_the_answer_on() -> None:
    answer, state, features, times = given()
    assert torch.equal(refiner()(answer, state, features, times), answer[:, :CHANNELS])


def test_a_correction_is_local_and_sees_everything_it_is_given() -> None:
    module = refiner()
    for weight in module.parameters():
        nn.init.normal_(weight, std=0.1)
    answer, state, features, times = given()
    plain = module(answer, state, features, times)
    for index in range(4):
        changed = [answer, state, features, times]
        moved = changed[index].clone()
        moved[0].view(-1)[-1] += 1
        changed[index] = moved
        difference = (module(*changed) - plain).abs()
        assert difference[0].max() > 0
        assert difference[1].max() == 0, "videos do not see each other"
        if index < 2:
            assert difference[0, :, :2].max() == 0, "nor do latent frames"
            assert difference[0, :, 2, :, :3].max() == 0, "two convolutions reach two cells"
