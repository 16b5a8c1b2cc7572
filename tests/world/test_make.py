from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import pytest

from boximator.world.clip import SLOTS, Clip, Split
from boximator.world.library import library
from boximator.world.make import make_clip

SMALL = (48, 64)


@cache
def clip(seed: int, *, split: Split = "heldout") -> Clip:
    return make_clip(seed, split=split, size=SMALL, frames=5)


def every(count: int = 40) -> list[Clip]:
    return [clip(seed) for seed in range(count)]


def same(first: object, second: object) -> bool:
    if isinstance(first, tuple) and isinstance(second, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.dtype == second.dtype and np.array_equal(first, second)
    return first == second


def test_a_seed_is_a_clip_to_the_byte() -> None:
    again = make_clip(3, split="heldout", size=SMALL, frames=5)
    assert again is not clip(3)
    assert all(same(getattr(again, field.name), getattr(clip(3), field.name)) for field in fields(Clip))


def test_other_seeds_and_the_other_split_are_other_clips() -> None:
    frames = [clip(0).frames, clip(1).frames, clip(0, split="train").frames]
    assert not any(np.array_equal(a, b) for i, a in enumerate(frames) for b in frames[:i])
    cameras = [[clip(seed, split=split).camera_moves for seed in range(40)] for split in ("train", "heldout")]
    assert cameras[0] != cameras[1], "not even the camera of a seed is that of the other split's"


@pytest.mark.parametrize("split", ["train", "heldout"])
def test_only_names_of_the_split_are_used(split: Split) -> None:
    names = {sprite.name for sprite in library(split).sprites} | {"object", ""}
    assert all(set(clip(seed, split=split).labels) <= names for seed in range(20))


def test_shapes_are_as_asked() -> None:
    made = make_clip(5, split="heldout", size=(64, 48), frames=7, stride=2)
    assert made.frames.shape == (7, 64, 48, 3)
    assert made.size == (64, 48)
    assert made.flow.shape == (7, 2, 32, 24)
    assert made.visibility.shape == (7, 32, 24)
    assert made.boxes.shape == (7, SLOTS, 4)
    assert made.affines.shape == (7, SLOTS, 2, 3)


def test_slots_are_filled_from_the_first() -> None:
    for made in every():
        count = int(made.present.sum())
        assert 1 <= count <= 4
        assert made.present[:count].all()
        assert all(made.labels[:count])
        assert not any(made.labels[count:])
        assert [template is not None for template in made.templates] == made.present.tolist()
        assert not made.boxes[:, count:].any()
        assert not made.inside[:, count:].any()
        assert not made.moving[count:].any()
        assert not made.first_masks[count:].any()
        assert (np.diff(made.depth[:count]) > 0).all()


def test_boxes_lie_in_the_frame_and_are_not_reversed() -> None:
    for made in every():
        assert made.boxes.min() >= 0
        assert made.boxes.max() <= 1
        assert (made.boxes[..., 2:] >= made.boxes[..., :2]).all()


def test_objects_outside_are_segments_on_the_border() -> None:
    segments = 0
    for made in every():
        sides = made.boxes[..., 2:] - made.boxes[..., :2]
        gone = made.present & (sides.min(-1) == 0)
        assert not (gone & made.inside).any()
        for box in made.boxes[gone]:
            assert any(box[axis] == box[axis + 2] and box[axis] in (0, 1) for axis in (0, 1))
        segments += int(gone.sum())
    assert segments > 4


def test_a_template_stands_in_its_box() -> None:
    """The opaque corners of the object's own look, carried by its affine, touch the box's sides."""
    height, width = SMALL
    for made in every(12):
        for slot in np.flatnonzero(made.present & made.inside.all(0)):
            template = made.templates[slot]
            assert template is not None
            rows, columns = np.nonzero(template[..., 3] > 127)
            points = np.stack([columns, rows, np.ones_like(rows)], axis=1)
            for t in range(len(made.frames)):
                found = points @ made.affines[t, slot].T
                low, high = found.min(0) / (width, height), (found.max(0) + 1) / (width, height)
                np.testing.assert_allclose(np.clip([*low, *high], 0, 1), made.boxes[t, slot], atol=1e-5)


def test_masks_of_every_frame_show_the_slots_that_the_first_alphas_do() -> None:
    for seed in range(6):
        made = make_clip(seed, split="heldout", size=(64, 64), frames=5)
        assert made.masks.shape == made.frames.shape[:3]
        assert set(np.unique(made.masks)) <= {0, *(np.flatnonzero(made.present) + 1)}
        sure = made.first_masks.max(0) > 0.7
        assert (made.first_masks.argmax(0)[sure] + 1 == made.masks[0][sure]).all()
        for slot in np.flatnonzero(made.present):
            for t in range(5):
                places = np.argwhere(made.masks[t] == slot + 1)[:, ::-1]
                low, high = made.boxes[t, slot, :2] * 64, made.boxes[t, slot, 2:] * 64
                assert ((places >= low - 1) & (places < high + 1)).all()


def test_first_masks_lie_in_the_first_boxes() -> None:
    height, width = SMALL
    for made in every(12):
        for slot in np.flatnonzero(made.present):
            rows, columns = np.nonzero(made.first_masks[slot] > 0.5)
            if len(rows):
                x0, y0, x1, y1 = made.boxes[0, slot] * [width, height, width, height]
                assert x0 - 1 <= columns.min()
                assert columns.max() + 1 <= x1 + 1
                assert y0 - 1 <= rows.min()
                assert rows.max() + 1 <= y1 + 1


def test_moving_agrees_with_the_boxes() -> None:
    for made in every():
        centres = (made.boxes[..., :2] + made.boxes[..., 2:]) / 2
        travel = np.linalg.norm(centres[-1] - centres[0], axis=-1)
        throughout = (
            made.present & (made.boxes[[0, -1], :, 0] > 0).all(0) & (made.boxes[[0, -1], :, 1] > 0).all(0)
        )
        throughout &= (made.boxes[[0, -1], :, 2:] < 1).all((0, 2))
        assert np.array_equal(made.moving[throughout], travel[throughout] > 0.1)
    assert {bool(moves) for made in every() for moves in made.moving[made.present]} == {True, False}


def test_the_ground_flows_only_under_a_moving_camera() -> None:
    moving = 0
    for made in every():
        ground = made.first_masks.sum(0) == 0
        farthest = np.abs(made.flow.transpose(0, 2, 3, 1)[:, ground]).max(-1)
        most = np.quantile(farthest.max(0), 0.8)
        assert most > 0.005 if made.camera_moves else most < 0.03
        moving += made.camera_moves
    assert 8 < moving < 32


def test_captions_name_what_is_there() -> None:
    for made in every():
        names = [name for name in made.labels if name]
        assert any(f" {name} " in made.caption for name in names)
        assert made.camera_moves == ("the camera" in made.caption)


def test_backdrops_can_be_all_procedural() -> None:
    plain = [make_clip(seed, split="heldout", size=SMALL, frames=2, photos=0.0).caption for seed in range(12)]
    photos = [
        make_clip(seed, split="heldout", size=SMALL, frames=2, photos=1.0).caption for seed in range(12)
    ]
    assert not any("in front of" in words for words in plain)
    assert sum("in front of" in words for words in photos) > 6


def test_without_blobs_every_object_has_a_name() -> None:
    made = [make_clip(seed, split="heldout", size=SMALL, frames=2, blobs=False) for seed in range(12)]
    assert not any("object" in one.labels for one in made)
