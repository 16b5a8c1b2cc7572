from __future__ import annotations

import pytest
import torch
from tiny_stages import case

from boximator.guidance.places import Places, grid_of, ordered, with_ground


def test_a_level_has_the_latents_grid_halved_upward() -> None:
    assert grid_of(15, grid=(5, 3)) == (5, 3)
    assert grid_of(6, grid=(5, 3)) == (3, 2)
    assert grid_of(2, grid=(5, 3)) == (2, 1)
    with pytest.raises(AssertionError):
        grid_of(7, grid=(5, 3))


def test_every_order_says_the_same_of_every_place() -> None:
    planes = torch.rand(2, 3, 4, 5)
    space = ordered(planes, kind="space", rows=6)
    time = ordered(planes, kind="time", rows=40)
    video = ordered(planes, kind="video", rows=2)
    assert torch.equal(space[3 + 1, 2 * 5 + 4], planes[:, 1, 2, 4])
    assert torch.equal(time[20 + 2 * 5 + 4, 1], planes[:, 1, 2, 4])
    assert torch.equal(video[1, 1 * 20 + 2 * 5 + 4], planes[:, 1, 2, 4])


def test_ground_is_where_no_object_is() -> None:
    members = torch.tensor([[[1.0, 0.0], [0.0, 0.0]]])
    assert with_ground(members)[..., -1].tolist() == [[0.0, 1.0]]


def test_a_packed_base_has_an_object_in_its_first_box_too() -> None:
    made, _ = case("pocket")
    found = Places(made.stage, plan=made.ask.plan).at("video", tokens=0, rows=1, batch=1)
    first, last = found.inside[0, 0], found.inside[0, -1]
    assert found.inside.shape[1] == made.stage.latents
    assert (last >= found.inside[0, :, :].amin(dim=0)).all()
    half = last.shape[0] // 2
    assert last[half - 1, 0] == 1, "the first box, where its motion is"
    assert last[-1, -1] == 1, "where it is asked to go"
    assert first[-1, -1] == 0
