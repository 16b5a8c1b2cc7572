from __future__ import annotations

import pytest
import torch

from boximator.data.constraints import Constraints, beta_margins, constrain, draw_tracking, softened
from boximator.scene.colours import COLOURS


def boxes_and_slots(batch: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    low = torch.rand(batch, 16, 8, 2, generator=generator) * 0.5
    boxes = torch.cat([low, low + 0.1 + 0.3 * torch.rand(batch, 16, 8, 2, generator=generator)], dim=-1)
    return boxes, torch.arange(8).expand(batch, -1) < 3


def test_margins_are_those_of_beta_1_8() -> None:
    margins = beta_margins((200_000,), generator=torch.Generator().manual_seed(0))
    assert margins.mean().item() == pytest.approx(1 / 9, abs=0.002)
    assert margins.var().item() == pytest.approx(8 / (81 * 10), rel=0.05)


def test_soft_boxes_hold_the_tight_ones_and_segments_stay() -> None:
    boxes, _ = boxes_and_slots(2)
    boxes[0, 0, 0] = torch.tensor([0.0, 0.2, 0.0, 0.6])
    soft = torch.ones(boxes.shape[:-1], dtype=torch.bool)
    wide = softened(boxes, soft=soft, generator=torch.Generator().manual_seed(0))
    assert (wide[..., :2] <= boxes[..., :2]).all()
    assert (wide[..., 2:] >= boxes[..., 2:]).all()
    assert wide.min() >= 0
    assert wide.max() <= 1
    assert torch.equal(wide[0, 0, 0], boxes[0, 0, 0])


@pytest.mark.parametrize("share", [0.0, 0.8])
def test_a_stage_softens_its_share_but_not_frame_0(share: float) -> None:
    boxes, present = boxes_and_slots(64)
    rule = Constraints(soft=share, drawn=True)
    made = constrain(boxes, present=present, rule=rule, generator=torch.Generator().manual_seed(1))
    assert made.condition.hard[:, 0].all()
    assert 1 - made.condition.hard[:, 1:].float().mean().item() == pytest.approx(share, abs=0.02)
    assert made.condition.present.any(-1).any(-1).float().mean().item() == pytest.approx(0.75, abs=0.15)


def test_colours_are_permuted_with_their_boxes() -> None:
    boxes, present = boxes_and_slots(4)
    rule = Constraints(soft=0.0, drawn=True, boxless=0.0)
    made = constrain(boxes, present=present, rule=rule, generator=torch.Generator().manual_seed(2))
    for video in range(4):
        shown = made.tight[video, :, made.present[video]]
        assert sorted(shown[0, :, 0].tolist()) == sorted(boxes[video, 0, :3, 0].tolist())
        assert sorted(map(tuple, made.colours[video].tolist())) == sorted(COLOURS)


def test_tracking_draws_rings_in_the_colours() -> None:
    boxes = torch.zeros(1, 16, 8, 4)
    boxes[:, :, 0] = torch.tensor([0.25, 0.25, 0.75, 0.75])
    present = torch.arange(8).expand(1, -1) < 1
    rule = Constraints(soft=0.0, drawn=True, boxless=0.0)
    made = constrain(boxes, present=present, rule=rule, generator=torch.Generator().manual_seed(0))
    drawn = draw_tracking(torch.zeros(1, 15, 3, 32, 32), constrained=made)
    painted = (drawn != 0).any(2)
    assert painted[0, 0].sum() == 4 * 16 - 4
    slot = int(made.present[0].nonzero()[0, 0])
    assert torch.equal(drawn[0, 3, :, 8, 8], 2 * made.colours[0, slot] - 1)
