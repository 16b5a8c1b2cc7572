from __future__ import annotations

import numpy as np
import pytest
from film_stage import FRAMES, Stage, line

from boximator.evaluation.observer import observe
from boximator.scene.box import iou
from boximator.world.make import make_clip

SEEDS = (1, 2, 5)
"""Clips that turn, grow, leave their place; in some a thing without a box passes in front."""


def test_true_clips_are_seen_where_they_are() -> None:
    overlaps: list[float] = []
    for seed in SEEDS:
        clip = make_clip(seed, split="heldout", stride=8)
        seen = observe(clip, frames=clip.frames)
        known = seen.found | seen.hidden
        overlap = np.where(known, iou(seen.boxes.astype(float), clip.boxes.astype(float)), 0.0)
        overlaps += list(overlap[1:][clip.inside[1:]])
    assert np.mean(overlaps) >= 0.88


def test_what_went_elsewhere_is_seen_elsewhere(stage: Stage) -> None:
    asked = stage.clip(line((0.3, 0.3), end=(0.75, 0.3)))
    went = stage.clip(line((0.3, 0.3), end=(0.3, 0.75)))
    seen = observe(asked, frames=went.frames)
    overlap = iou(seen.boxes[:, 0].astype(float), went.boxes[:, 0].astype(float))
    assert seen.found[:, 0].all()
    assert overlap.min() >= 0.8
    assert iou(seen.boxes[-1, 0].astype(float), asked.boxes[-1, 0].astype(float)) < 0.1


def test_what_is_gone_is_not_found(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.75, 0.6)))
    seen = observe(clip, frames=stage.film(line((0.3, 0.3), end=(0.75, 0.6)), gone_from=3))
    assert seen.found[:3, 0].all()
    assert not seen.found[3:, 0].any()
    assert not seen.hidden[:, 0].any()


def test_nothing_is_seen_in_empty_slots(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.5, 0.3)))
    seen = observe(clip, frames=clip.frames)
    assert not seen.found[:, 1:].any()
    assert (seen.boxes[:, 1:] == 0).all()


def test_the_same_frames_are_seen_alike(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.5, 0.6)))
    first, second = (observe(clip, frames=clip.frames) for _ in range(2))
    np.testing.assert_array_equal(first.boxes, second.boxes)


def test_the_first_frame_is_where_the_picture_shows_it(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.5, 0.6)))
    seen = observe(clip, frames=np.repeat(clip.frames[:1], FRAMES, axis=0))
    assert seen.boxes[0, 0] == pytest.approx(clip.boxes[0, 0], abs=1e-5)
    assert iou(seen.boxes[-1, 0].astype(float), clip.boxes[0, 0].astype(float)) > 0.85
