from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from boximator.world.make import make_clip


@pytest.mark.parametrize("seed", [0, 3, 11])
def test_the_same_seed_gives_the_same_clip(seed: int) -> None:
    one, two = (make_clip(seed, split="train", size=(64, 64), stride=2) for _ in range(2))
    assert np.array_equal(one.frames, two.frames)
    assert np.array_equal(one.boxes, two.boxes)
    assert np.array_equal(one.flow, two.flow)
    assert one.caption == two.caption


def test_no_name_and_no_place_is_in_both_splits() -> None:
    folder = files("boximator.world") / "assets"
    for pack, field in (("sprites.json", "name"), ("backgrounds.json", "group")):
        rows = json.loads((folder / pack).read_text(encoding="utf-8"))
        train, held = (
            {row[field] for row in rows if row["split"] == split} for split in ("train", "heldout")
        )
        assert train
        assert held
        assert not train & held


@pytest.mark.parametrize("seed", range(6))
def test_flow_carries_the_pixels_of_frame_0(seed: int) -> None:
    clip = make_clip(seed, split="heldout", size=(96, 96))
    ys, xs = np.mgrid[0:96, 0:96]
    for t in (5, 15):
        column = np.rint(xs + clip.flow[t, 0] * 96).astype(int)
        row = np.rint(ys + clip.flow[t, 1] * 96).astype(int)
        seen = clip.visibility[t] > 0.5
        assert seen.mean() > 0.2
        carried = clip.frames[t][row[seen], column[seen]].astype(int)
        assert np.median(np.abs(carried - clip.frames[0][seen].astype(int))) <= 16


@pytest.mark.parametrize("seed", range(8))
def test_boxes_hold_the_object_they_name(seed: int) -> None:
    clip = make_clip(seed, split="heldout", size=(96, 96))
    for slot in np.flatnonzero(clip.present):
        rows, columns = np.nonzero(clip.first_masks[slot] > 0.6)
        if not len(rows):
            continue
        x0, y0, x1, y1 = clip.boxes[0, slot] * 96
        assert x0 - 1.5 <= columns.min()
        assert columns.max() + 1 <= x1 + 1.5
        assert y0 - 1.5 <= rows.min()
        assert rows.max() + 1 <= y1 + 1.5


def test_captions_name_what_is_there_and_boxes_stay_in_the_frame() -> None:
    for seed in range(12):
        clip = make_clip(seed, split="train", size=(64, 64), stride=2)
        told = [label for label, present in zip(clip.labels, clip.present, strict=True) if present]
        assert any(label in clip.caption for label in told)
        assert clip.boxes.min() >= 0
        assert clip.boxes.max() <= 1
        assert (clip.boxes[..., 2:] >= clip.boxes[..., :2]).all()
