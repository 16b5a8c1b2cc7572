from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from boximator.evaluation.adherence import Truth, object_row, tracked
from boximator.evaluation.observer import Observation
from boximator.scene.box import Box
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

FRAMES = 16
START, END, GONE = Box(0.3, 0.3, 0.5, 0.5), Box(0.6, 0.3, 0.8, 0.5), Box(1.0, 0.3, 1.0, 0.5)


def wanted(end: Box = END) -> ControlPlan:
    keys = (Keyframe(frame=0, box=START), Keyframe(frame=FRAMES - 1, box=end))
    return plan(Scene(frames=FRAMES, tracks=(Track(id=1, label="it", keyframes=keys),)))


def seen(boxes: np.ndarray) -> Observation:
    """Found everywhere in slot 0, at these boxes (frames, 4)."""
    found = np.zeros((FRAMES, 8), bool)
    found[:, 0] = True
    every = np.zeros((FRAMES, 8, 4), np.float32)
    every[:, 0] = boxes
    return Observation(found=found, hidden=np.zeros_like(found), boxes=every, scores=found * np.float32(0.8))


def way(end: Box = END) -> np.ndarray:
    return np.linspace(START.as_tuple(), end.as_tuple(), FRAMES)


def lost(observation: Observation, frames: list[int], *, hidden: bool = False) -> Observation:
    found, behind = observation.found.copy(), observation.hidden.copy()
    found[frames, 0], behind[frames, 0] = False, hidden
    return replace(observation, found=found, hidden=behind)


def test_an_object_that_goes_where_it_should_scores_everything() -> None:
    row = object_row(seen(way()), wanted=wanted(), slot=0, label="it")
    assert row.detected
    assert row.asked
    assert row.covered
    assert row.overlap == pytest.approx(1.0, abs=1e-5)
    assert row.hard == pytest.approx((1.0,), abs=1e-5)
    assert (row.soft, row.soft_inside) == (14, 14)
    assert row.score == pytest.approx(0.8)


def test_an_object_that_stays_misses_the_end() -> None:
    row = object_row(seen(np.repeat(way()[:1], FRAMES, axis=0)), wanted=wanted(), slot=0, label="it")
    assert row.detected
    assert row.overlap == 0.0
    assert row.hard == (0.0,)
    # Soft boxes reach a ninth further on each side: the object is inside until the left edge has passed it.
    assert row.soft_inside == sum(way()[t, 0] - 1 / 9 <= 0.3 + 0.01 for t in range(1, 15))


def test_one_that_is_not_found_in_the_last_frame_is_no_detection() -> None:
    row = object_row(lost(seen(way()), [15]), wanted=wanted(), slot=0, label="it")
    assert not row.detected
    assert row.hard == (0.0,)


def test_gaps_count_unless_something_stands_before_it_or_they_are_short() -> None:
    assert tracked(lost(seen(way()), [4, 9]), slot=0)
    assert not tracked(lost(seen(way()), [4, 5, 6]), slot=0)
    assert tracked(lost(seen(way()), [4, 5, 6], hidden=True), slot=0)


def test_hidden_frames_are_not_soft_frames() -> None:
    gone = object_row(lost(seen(way()), [4, 5, 6]), wanted=wanted(), slot=0, label="it")
    behind = object_row(lost(seen(way()), [4, 5, 6], hidden=True), wanted=wanted(), slot=0, label="it")
    assert (gone.soft, gone.soft_inside) == (14, 11)
    assert (behind.soft, behind.soft_inside) == (11, 11)


def test_one_that_comes_in_is_tracked_from_its_first_sighting() -> None:
    assert tracked(lost(seen(way()), [0, 1, 2, 3, 4]), slot=0)


def test_one_that_should_leave_has_no_target_and_is_a_false_detection_if_it_stays() -> None:
    stays = object_row(seen(np.repeat(way()[:1], FRAMES, axis=0)), wanted=wanted(GONE), slot=0, label="it")
    leaves = object_row(lost(seen(way(GONE)), [14, 15]), wanted=wanted(GONE), slot=0, label="it")
    assert not stays.asked
    assert stays.detected
    assert not leaves.detected
    assert stays.hard == leaves.hard == ()
    assert leaves.soft == leaves.soft_inside


def test_the_truth_is_compared_in_the_frames_in_which_the_object_is_inside() -> None:
    inside = np.arange(FRAMES) < 10
    truth = Truth(boxes=way(), inside=inside, shown=np.linspace(1, 0, FRAMES))
    row = object_row(lost(seen(way()), [3]), wanted=wanted(), slot=0, label="it", truth=truth)
    assert len(row.truth) == len(row.shown) == 9
    assert row.truth[2] == 0.0
    assert np.mean(row.truth) == pytest.approx(8 / 9, abs=1e-5)
    assert row.shown[0] == pytest.approx(14 / 15)
