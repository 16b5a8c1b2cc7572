"""Pixels kept, and pixels fetched."""

from __future__ import annotations

import torch

from boximator.training.contest.backward_state import warped
from boximator.training.contest.keep import enlarged, kept


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_where_nothing_changes_the_picture_stays() -> None:
    picture = noise(1, 3, 16, 16)
    still = torch.zeros_like(picture)
    torch.testing.assert_close(kept(still[:, None], still=still, picture=picture)[:, 0], picture)


def test_where_all_changes_only_the_new_is_shown() -> None:
    picture = noise(1, 3, 16, 16)
    shown = torch.full((1, 1, 3, 16, 16), 0.9)
    torch.testing.assert_close(kept(shown, still=torch.zeros_like(picture), picture=picture), shown)


def test_no_flow_fetches_every_pixel_from_its_own_place() -> None:
    picture = noise(1, 3, 16, 16)
    found = warped(picture, flow=torch.zeros(1, 2, 2, 4, 4), wanted=torch.zeros(1, 2, 3, 16, 16))
    torch.testing.assert_close(found, picture[:, None].expand(-1, 2, -1, -1, -1), atol=1e-5, rtol=0)


def test_flow_fetches_from_where_it_leads() -> None:
    picture, flow = noise(1, 3, 16, 16), torch.zeros(1, 1, 2, 4, 4)
    flow[:, :, 0] = -4 / 16
    found = warped(picture, flow=flow, wanted=torch.zeros(1, 1, 3, 16, 16))
    torch.testing.assert_close(found[:, 0, :, :, 4:], picture[..., :-4], atol=1e-4, rtol=0)


def test_on_a_rim_the_flow_counts_that_brings_the_wanted_colour() -> None:
    picture, flow = torch.zeros(1, 3, 16, 16), torch.zeros(1, 1, 2, 4, 4)
    picture[..., :8] = 1  # white is on the left
    flow[..., 0, :, :2] = 0.5  # the left half fetches black from the right
    wanted = enlarged(torch.zeros(1, 1, 3, 4, 4), like=picture)
    assert warped(picture, flow=flow, wanted=wanted).abs().max() < 1e-3
    white = warped(picture, flow=torch.zeros_like(flow), wanted=wanted)
    torch.testing.assert_close(white[..., :8], torch.ones(1, 1, 3, 16, 8), atol=1e-5, rtol=0)
