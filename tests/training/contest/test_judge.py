from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from boximator.training.contest.find import cuts, find
from boximator.training.contest.judge import Verdict, judge, still_psnr
from boximator.training.contest.regions import regions
from boximator.training.contest.tally import mean_of, tally, way_distance
from boximator.training.contest.trial import TIMES, Frames, Trial
from boximator.world.clip import Clip


def of(clip: Clip, sample: Frames) -> Trial:
    """The truth, but for the sample."""
    true = clip.frames[1:]
    return Trial(clip=clip, ceiling=true, guesses=dict.fromkeys(TIMES, true), sample=sample)


@pytest.fixture(scope="module")
def copied(clip: Clip) -> Verdict:
    return judge(of(clip, clip.frames[1:]))


def test_a_thing_is_found_where_it_is(clip: Clip) -> None:
    cut = cuts(clip)[0]
    at_home = find(cut, frame=clip.frames[0])
    assert at_home.there
    assert at_home.centre == pytest.approx(cut.centre, abs=1)
    assert at_home.explained > 0.95
    noise = np.random.default_rng(0).integers(0, 255, clip.frames[0].shape, np.uint8)
    assert not find(cut, frame=noise).there


def test_a_thing_is_found_where_it_was_put(clip: Clip) -> None:
    cut, (height, width) = cuts(clip)[0], clip.size
    way = (9.0, -6.0)
    move = np.array([[1, 0, way[0]], [0, 1, way[1]]])
    alpha = np.zeros((height, width), np.float32)
    alpha[clip.first_masks[0] > 0.5] = 1
    moved = cv2.warpAffine(alpha, move, (width, height))[..., None]
    frame = clip.frames[0] * (1 - alpha[..., None]) + 128 * alpha[..., None]
    frame = frame * (1 - moved) + cv2.warpAffine(clip.frames[0], move, (width, height)) * moved
    found = find(cut, frame=frame.astype(np.uint8))
    assert found.there
    assert np.subtract(found.centre, cut.centre) == pytest.approx(way, abs=1.5)


def test_the_truth_is_perfect(copied: Verdict) -> None:
    assert set(copied.psnr["still"].values()) != {60.0}
    for kind in ("ceiling", *map(str, TIMES)):
        assert set(copied.psnr[kind].values()) == {60.0}
    for seen in copied.sightings:
        assert (seen.there, seen.way, seen.energy) == (seen.true_there, seen.true_way, seen.true_energy)


def test_a_sample_that_stands_still_is_told_from_one_that_moves(clip: Clip, copied: Verdict) -> None:
    still = judge(of(clip, np.repeat(clip.frames[:1], 15, axis=0)))
    assert still.still == 60
    assert all(seen.way < 0.02 for seen in still.sightings)
    numbers = tally([still, copied])
    assert numbers["moved"]["n"] == 2 * len(copied.sightings)
    assert numbers["sharpness"]["mean"] == pytest.approx(1, abs=0.5)


def test_a_background_may_be_covered_but_not_blurred(clip: Clip) -> None:
    areas = regions(clip)
    true = still_psnr(clip.frames[1:], clip=clip, areas=areas)
    assert true is not None
    assert true > 40, "the thing that goes over it is left out"
    blurred = np.stack([cv2.GaussianBlur(frame, (0, 0), 2) for frame in clip.frames[1:]])
    worse = still_psnr(blurred, clip=clip, areas=areas)
    assert worse is not None
    assert worse < true - 8


def test_where_the_camera_moves_nothing_is_still(clip: Clip) -> None:
    assert judge(of(replace(clip, camera_moves=True), clip.frames[1:])).still is None


def test_means_leave_out_what_is_not_known() -> None:
    assert mean_of([1.0, None, 3.0]) == {"mean": 2.0, "error": 1.0, "n": 2}
    assert mean_of([None]) == {"mean": None, "error": None, "n": 0}
    assert mean_of([5.0]) == {"mean": 5.0, "error": None, "n": 1}


def test_the_distance_of_ways() -> None:
    assert way_distance([0.1, 0.2], true=[0.2, 0.1]) == 0
    assert way_distance([0.0, 0.0], true=[0.3]) == pytest.approx(0.3)
    assert way_distance([], true=[0.3]) is None
