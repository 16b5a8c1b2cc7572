from __future__ import annotations

import dataclasses

import pytest
import torch

from boximator.control.active import ActiveCondition, Call, Negative
from boximator.control.adapter import BoxAdapter
from boximator.control.address import Address
from boximator.control.condition import Condition
from boximator.scene.problem import Problem


@pytest.fixture
def adapter(address: Address) -> BoxAdapter:
    return BoxAdapter(address=address.to_json(), token_dim=16)


@pytest.fixture
def joined(address: Address) -> BoxAdapter:
    frames = dataclasses.replace(address.frames, joined=True)
    return BoxAdapter(
        address=dataclasses.replace(address, frames=frames).to_json(), token_dim=16, coverage=True
    )


def test_joined_tokens_are_one_for_each_slot(joined: BoxAdapter, boxes: Condition) -> None:
    assert joined.phases is None
    call = Call(batch=2, latents=2, grid=(3, 3))
    for condition in (boxes, None):
        control = ActiveCondition(condition).keys_values(joined, call)[0]
        assert control.keys.shape[2] == 8
        assert control.bias is not None
        assert control.bias.shape[2:] == (9, 8)


def test_a_joined_token_knows_which_box_is_of_which_frame(joined: BoxAdapter, boxes: Condition) -> None:
    call = Call(batch=2, latents=2, grid=(3, 3))
    there = boxes.boxes.clone()
    there[:, 1] += 0.2  # so that frames 1 and 2, which latent 0 holds, differ
    back = there[:, [0, 2, 1, 3, 4]]
    values = [
        ActiveCondition(dataclasses.replace(boxes, boxes=order)).keys_values(joined, call)[0].values
        for order in (there, back)
    ]
    differ = [not torch.allclose(one, other) for one, other in zip(*values, strict=True)]
    assert differ == [True, False, True, False]


@pytest.mark.parametrize(
    ("batch", "branch", "negative", "seen"),
    [
        (2, None, "null", "boxes"),
        (2, "cond", "null", "boxes"),
        (2, "uncond", "null", "null"),
        (2, "uncond_stg", "null", "null"),
        (2, "pred_cond", "null", "boxes"),
        (2, "pred_uncond", "null", "null"),
        (2, "uncond", "boxes", "boxes"),
        (4, None, "null", "null+boxes"),
        (4, "cond_uncond", "null", "null+boxes"),
        (4, None, "boxes", "boxes+boxes"),
    ],
)
def test_what_a_call_sees(
    boxes: Condition, batch: int, branch: str | None, negative: Negative, seen: str
) -> None:
    active = ActiveCondition(boxes, negative=negative)
    assert active.seen(Call(batch=batch, latents=2, branch=branch)) == seen


@pytest.mark.parametrize(("batch", "branch"), [(1, None), (3, None), (8, None), (4, "cond"), (4, "uncond")])
def test_a_batch_that_does_not_fit_is_refused(boxes: Condition, batch: int, branch: str | None) -> None:
    with pytest.raises(Problem, match=rf"batch of {batch}.*has 2 video.*batch of 2, or of 4"):
        ActiveCondition(boxes).seen(Call(batch=batch, latents=2, branch=branch))


@pytest.mark.parametrize("batch", [1, 3, 4])
def test_no_boxes_fits_every_batch(adapter: BoxAdapter, batch: int) -> None:
    controls = ActiveCondition(None).keys_values(adapter, Call(batch=batch, latents=2))
    assert {control.keys.shape for control in controls} == {(batch * 2, 2, 2 * 8, 12)}


def test_the_unconditional_half_comes_first(adapter: BoxAdapter, boxes: Condition) -> None:
    with torch.no_grad():
        both = ActiveCondition(boxes).keys_values(adapter, Call(batch=4, latents=2))[1]
        null = ActiveCondition(None).keys_values(adapter, Call(batch=2, latents=2))[1]
        boxed = ActiveCondition(boxes).keys_values(adapter, Call(batch=2, latents=2))[1]
    torch.testing.assert_close(both.keys[:4], null.keys)
    torch.testing.assert_close(both.values[4:], boxed.values)


def test_a_condition_without_boxes_is_no_boxes(adapter: BoxAdapter) -> None:
    call = Call(batch=2, latents=2)
    said = ActiveCondition(Condition.null(batch=2, frames=5)).keys_values(adapter, call)
    meant = ActiveCondition(None).keys_values(adapter, call)
    torch.testing.assert_close(said[0].keys, meant[0].keys)


def test_a_latent_frame_sees_the_boxes_of_its_video_frames_only(
    adapter: BoxAdapter, boxes: Condition
) -> None:
    """Latent 0 holds frames 1 and 2, latent 1 frames 3 and 4; both see frame 0."""
    call = Call(batch=2, latents=2)
    before = ActiveCondition(boxes).keys_values(adapter, call)[0].keys
    for frame, touched in ((0, [0, 1]), (1, [0]), (2, [0]), (3, [1]), (4, [1])):
        moved = boxes.boxes.clone()
        moved[1, frame] = 0.5
        changed = Condition(boxes=moved, colours=boxes.colours, hard=boxes.hard, present=boxes.present)
        after = ActiveCondition(changed).keys_values(adapter, call)[0].keys
        differ = [not torch.equal(ours, theirs) for ours, theirs in zip(before, after, strict=True)]
        assert differ == [False, False, *(latent in touched for latent in range(2))]


def test_the_place_in_the_group_is_told(adapter: BoxAdapter, boxes: Condition) -> None:
    """One and the same box in all frames still gives three different tokens."""
    still = Condition(
        boxes=boxes.boxes[:, :1].expand(-1, 5, -1, -1),
        colours=boxes.colours,
        hard=boxes.hard,
        present=boxes.present,
    )
    keys = ActiveCondition(still).keys_values(adapter, Call(batch=2, latents=2))[0].keys
    by_phase = keys.unflatten(2, (2, 8))
    assert not torch.isclose(by_phase[:, :, 0], by_phase[:, :, 1]).all()


def test_frames_that_do_not_fit_are_refused_with_both_numbers(adapter: BoxAdapter, boxes: Condition) -> None:
    with pytest.raises(Problem, match=r"has 5 frames.*7 frames.*\(3 latent frames\).*Plan the scene with 7"):
        ActiveCondition(boxes).keys_values(adapter, Call(batch=2, latents=3))


def test_kept_without_gradients_and_made_anew_with_them(adapter: BoxAdapter, boxes: Condition) -> None:
    active, call = ActiveCondition(boxes), Call(batch=2, latents=2)
    with torch.no_grad():
        kept = active.keys_values(adapter, call)
        assert active.keys_values(adapter, call) is kept
        assert active.keys_values(adapter, Call(batch=2, latents=2, branch="uncond")) is not kept
        assert ActiveCondition(boxes).keys_values(adapter, call) is not kept
    training = active.keys_values(adapter, call)
    assert training[0].keys.requires_grad
    with torch.no_grad():  # a step of the optimiser may have happened in between
        assert active.keys_values(adapter, call) is not kept
