from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from boximator.data.constraints import (
    TINT,
    Constrained,
    Constraints,
    beta_margins,
    constrain,
    draw_tracking,
    softened,
)
from boximator.scene.colours import COLOURS, SLOTS

HARD = Constraints(soft=0.0, drawn=True, boxless=0.0)
SOFT = Constraints(soft=0.8, drawn=True)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def boxes(batch: int = 3, *, frames: int = 5, seed: int = 0) -> Tensor:
    corners = torch.rand(batch, frames, SLOTS, 2, 2, generator=seeded(seed)).sort(dim=-2).values
    return corners.flatten(-2)


def present(batch: int = 3, *, count: int = 3) -> Tensor:
    return (torch.arange(SLOTS) < count).expand(batch, -1)


def constrained(rule: Constraints, *, batch: int = 3, seed: int = 0) -> Constrained:
    return constrain(boxes(batch), present=present(batch), rule=rule, generator=seeded(seed))


def test_margins_are_beta_1_8() -> None:
    margins = beta_margins((200_000,), generator=seeded())
    assert margins.min() >= 0
    assert margins.max() <= 1
    assert abs(margins.mean() - 1 / 9) < 0.002
    assert abs(margins.var() - 8 / (81 * 10)) < 0.001
    assert abs((margins < 0.2).float().mean() - (1 - 0.8**8)) < 0.005


@given(st.integers(0, 1000))
def test_a_soft_box_holds_the_exact_one_and_stays_in_the_frame(seed: int) -> None:
    tight = boxes(seed=seed)
    wide = softened(tight, soft=torch.ones(tight.shape[:-1], dtype=torch.bool), generator=seeded(seed))
    assert (wide[..., :2] <= tight[..., :2]).all()
    assert (wide[..., 2:] >= tight[..., 2:]).all()
    assert wide.min() >= 0
    assert wide.max() <= 1


def test_each_side_moves_by_a_ninth_of_the_frame_in_the_mean_on_its_own() -> None:
    tight = torch.tensor([0.5, 0.5, 0.5001, 0.5001]).expand(20_000, 4)
    moved = (softened(tight, soft=torch.ones(20_000, dtype=torch.bool), generator=seeded()) - tight).abs()
    assert ((moved.mean(0) - 1 / 9).abs() < 0.005).all()
    assert torch.corrcoef(moved.T).fill_diagonal_(0).abs().max() < 0.03


def test_hard_boxes_and_segments_stay_as_they_are() -> None:
    tight = boxes()
    none = torch.zeros(tight.shape[:-1], dtype=torch.bool)
    assert torch.equal(softened(tight, soft=none, generator=seeded()), tight)
    segments = tight.clone()
    segments[..., 2] = segments[..., 0] = 1.0
    assert torch.equal(softened(segments, soft=~none, generator=seeded()), segments)


def test_the_first_frame_stays_hard_and_the_others_are_soft_by_share() -> None:
    hard = constrained(SOFT, batch=400).condition.hard
    assert hard[:, 0].all()
    assert abs(hard[:, 1:].float().mean() - 0.2) < 0.02
    assert constrained(HARD).condition.hard.all()


def test_without_softening_the_condition_is_the_exact_boxes() -> None:
    told = constrained(HARD)
    assert torch.equal(told.condition.boxes, told.tight)


def test_soft_boxes_are_wider_only_where_they_are_marked() -> None:
    told = constrained(SOFT, batch=20)
    wider = (told.condition.boxes != told.tight).any(-1)
    assert not wider[told.condition.hard].any()
    assert wider[~told.condition.hard].float().mean() > 0.99


def test_shuffling_keeps_each_objects_boxes_together_and_gives_it_one_colour() -> None:
    tight = torch.arange(SLOTS).reshape(1, 1, SLOTS, 1).expand(50, 5, -1, 4) / 10
    told = constrain(tight, present=present(50), rule=HARD, generator=seeded())
    objects = (told.tight[..., 0] * 10).round()
    assert (objects == objects[:, :1]).all(), "an object stays in its slot through the frames"
    assert (objects[:, 0].sort().values == torch.arange(SLOTS)).all()
    assert torch.equal(told.present, objects[:, 0] < 3)
    assert torch.equal(told.condition.present, told.present[:, None].expand(-1, 5, -1))
    assert (told.condition.colours == told.condition.colours[:, :1]).all()
    assert torch.equal(told.condition.colours[:, 0], told.colours)
    palette = {tuple(colour) for colour in torch.tensor(COLOURS).tolist()}
    for row in told.colours.tolist():
        assert {tuple(colour) for colour in row} == palette


def test_neither_slot_nor_colour_tells_which_object_it_is() -> None:
    tight = torch.arange(SLOTS).reshape(1, 1, SLOTS, 1).expand(800, 2, -1, 4) / 10
    told = constrain(tight, present=present(800, count=1), rule=HARD, generator=seeded())
    slots = told.present.float().mean(0)
    assert (slots - 1 / SLOTS).abs().max() < 0.05
    colours = told.colours[told.present]
    for colour in torch.tensor(COLOURS):
        assert abs((colours == colour).all(-1).float().mean() - 1 / SLOTS) < 0.05


def test_a_share_of_clips_has_no_box_at_all() -> None:
    told = constrained(Constraints(soft=0.0, drawn=True, boxless=0.25), batch=800)
    given = told.present.any(-1)
    assert abs(given.float().mean() - 0.75) < 0.05
    assert (told.present.sum(-1)[given] == 3).all()
    assert not told.condition.present[~given].any()


def test_the_generator_decides() -> None:
    first, again, other = (constrained(SOFT, seed=seed).condition.boxes for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def one_box(box: tuple[float, float, float, float], *, frames: int = 3) -> Constrained:
    tight = torch.zeros(1, frames, SLOTS, 4)
    tight[:, :, 0] = torch.tensor(box)
    return constrain(tight, present=present(1, count=1), rule=HARD, generator=seeded())


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((0.25, 0.125, 0.75, 0.875), (1, 6), (2, 5)),
        ((0.3, 0.2, 0.7, 0.8), (1, 6), (2, 5)),
        ((0.0, 0.0, 1.0, 1.0), (0, 7), (0, 7)),
    ],
)
def test_tracking_paints_the_ring_of_cells_that_a_box_touches_and_tints_what_it_holds(
    box: tuple[float, float, float, float], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    told = one_box(box)
    plain = 0.1 * torch.randn(1, 2, 3, 8, 8, generator=seeded())
    drawn = draw_tracking(plain, constrained=told)
    ring = torch.zeros(8, 8, dtype=torch.bool)
    ring[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1] = True
    outside = ~ring
    ring[rows[0] + 1 : rows[1], columns[0] + 1 : columns[1]] = False
    colour = 2 * told.colours[told.present][0] - 1
    for frame in drawn[0]:
        assert (frame.permute(1, 2, 0)[ring] == colour).all()
    assert torch.equal(drawn[..., outside], plain[..., outside])
    within = ~(ring | outside)
    tinted = (1 - TINT) * plain[..., within] + TINT * colour[:, None]
    torch.testing.assert_close(drawn[..., within], tinted)


@pytest.mark.parametrize("box", [(0.0, 0.2, 0.0, 0.6), (0.2, 1.0, 0.7, 1.0), (0.3, 0.3, 0.35, 0.35)])
def test_what_is_outside_or_tiny_is_not_drawn(box: tuple[float, float, float, float]) -> None:
    plain = torch.randn(1, 2, 3, 8, 8, generator=seeded())
    assert torch.equal(draw_tracking(plain, constrained=one_box(box)), plain)


def test_absent_objects_are_not_drawn() -> None:
    told = constrained(Constraints(soft=0.0, drawn=True, boxless=1.0))
    plain = torch.randn(3, 4, 3, 8, 8, generator=seeded())
    assert torch.equal(draw_tracking(plain, constrained=told), plain)


def test_each_frame_shows_its_own_exact_boxes_even_if_the_condition_is_soft() -> None:
    tight = boxes(1, frames=4, seed=3)
    told = constrain(
        tight, present=present(1), rule=Constraints(soft=1.0, drawn=True, boxless=0.0), generator=seeded()
    )
    exact = Constrained(
        condition=told.condition, tight=told.tight, colours=told.colours, present=told.present
    )
    plain = torch.zeros(1, 3, 3, 16, 16)
    assert torch.equal(draw_tracking(plain, constrained=told), draw_tracking(plain, constrained=exact))
    frames = draw_tracking(plain, constrained=told)[0]
    assert not torch.equal(frames[0], frames[1])
