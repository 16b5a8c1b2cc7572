from __future__ import annotations

import cv2
import numpy as np
import pytest
from jaxtyping import Bool, Float32, UInt8

from boximator.pocket.matte import guided, matte, middle


def disc(
    side: int, *, radius: float = 0.25, centre: tuple[float, float] = (0.45, 0.55)
) -> Bool[np.ndarray, "s s"]:
    ys, xs = (np.mgrid[0:side, 0:side] + 0.5) / side
    return (xs - centre[0]) ** 2 + (ys - centre[1]) ** 2 < radius**2


def photo(side: int) -> UInt8[np.ndarray, "s s 3"]:
    """A reddish textured disc on bluish noise."""
    rng = np.random.default_rng(0)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (side, side, 1)).astype(np.float32), (0, 0), 1.5)[..., None]
    ground = np.array([60, 90, 170]) + 90 * grain
    thing = np.array([190, 80, 60]) + 60 * grain
    return np.clip(np.where(disc(side)[..., None], thing, ground), 0, 255).astype(np.uint8)


def coverage(side: int = 128) -> Float32[np.ndarray, "s s"]:
    """What coarse cells say about the disc: blurred over four fine ones, and half a cell off."""
    told = disc(side, centre=(0.455, 0.545)).astype(np.float32)
    return cv2.GaussianBlur(told, (0, 0), 3)


@pytest.mark.parametrize("side", [128, 300])
def test_a_sharp_disc_is_cut_out_along_its_edge(side: int) -> None:
    alpha = matte(photo(side), coverage=coverage())
    cut, wanted = alpha > 0.5, disc(side)
    assert alpha.shape == (side, side)
    assert (alpha.min(), alpha.max()) == (0, 1)
    assert (cut & wanted).sum() / (cut | wanted).sum() > 0.93


def test_the_outline_is_narrow() -> None:
    alpha = matte(photo(300), coverage=coverage())
    rim = cv2.dilate(disc(300).astype(np.uint8), np.ones((13, 13))) != cv2.erode(
        disc(300).astype(np.uint8), np.ones((13, 13))
    )
    undecided = (alpha > 0.05) & (alpha < 0.95)
    assert undecided[~rim].sum() < 20


def test_it_is_better_than_the_coverage_it_started_from() -> None:
    side, wanted = 256, disc(256)
    rough = cv2.resize(
        cv2.GaussianBlur(disc(128, centre=(0.47, 0.53)).astype(np.float32), (0, 0), 5), (side, side)
    )
    cut, coarse = matte(photo(side), coverage=rough) > 0.5, rough > 0.5

    def iou(mask: np.ndarray) -> float:
        return float((mask & wanted).sum() / (mask | wanted).sum())

    assert iou(cut) > iou(coarse) + 0.02


def test_a_small_thing_is_cut_out_in_the_photographs_own_detail() -> None:
    """An animal with a head and legs, 60 of 768 pixels wide, told as an ellipse in a faint box."""
    side, rng = 768, np.random.default_rng(0)
    wanted = np.zeros((side, side), bool)
    wanted[400:424, 300:350] = wanted[396:412, 288:302] = True
    wanted[424:440, 304:310] = wanted[424:440, 340:346] = True
    blades = 120 * cv2.GaussianBlur(rng.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 2)
    meadow = np.array([90, 130, 70]) + blades[..., None]
    meadow[:380] = (60, 80, 60)
    picture = np.where(wanted[..., None], (45, 40, 45), meadow) + rng.normal(0, 12, (side, side, 3))
    told = np.zeros((128, 128), np.float32)
    told[66:74, 48:59] = 0.4
    cv2.ellipse(told, (53, 70), (5, 3), 0, 0, 360, 0.6, -1)
    cut = matte(np.clip(picture, 0, 255).astype(np.uint8), coverage=told) > 0.5
    assert (cut & wanted).sum() / (cut | wanted).sum() > 0.64


def test_the_same_picture_gives_the_same_matte() -> None:
    assert np.array_equal(matte(photo(128), coverage=coverage()), matte(photo(128), coverage=coverage()))


@pytest.mark.parametrize("told", [np.zeros((64, 64)), np.ones((64, 64)), np.full((64, 64), 0.2)])
def test_coverage_without_an_edge_is_taken_as_it_is(told: np.ndarray) -> None:
    alpha = matte(photo(128), coverage=told)
    assert np.array_equal(alpha, np.full((128, 128), float(told[0, 0] > 0.5), np.float32))


def test_a_guided_plane_keeps_the_guides_edge_and_loses_its_own_noise() -> None:
    guide = np.zeros((40, 40), np.float32)
    guide[:, 20:] = 1
    noisy = guide + np.random.default_rng(0).normal(0, 0.1, guide.shape).astype(np.float32)
    smooth = guided(guide, plane=noisy, radius=4, epsilon=1e-3)
    assert np.abs(smooth - guide)[5:-5, 5:-5].mean() < 0.4 * np.abs(noisy - guide)[5:-5, 5:-5].mean()
    assert (smooth[10:-10, 20] - smooth[10:-10, 19]).min() > 0.7


def test_an_exact_coverage_is_refined_near_the_thing_alone_and_as_well() -> None:
    wide, near = (matte(photo(256), coverage=coverage(), exact=exact) > 0.5 for exact in (False, True))
    wanted = disc(256)
    assert (near & wanted).sum() / (near | wanted).sum() > 0.93
    assert (near & wide).sum() / (near | wide).sum() > 0.95


@pytest.mark.parametrize("told", [0.0, 0.2, 1.0])
def test_an_exact_coverage_without_an_edge_is_taken_as_it_is(told: float) -> None:
    alpha = matte(photo(128), coverage=np.full((64, 64), told), exact=True)
    assert np.array_equal(alpha, np.full((128, 128), float(told > 0.5), np.float32))


def test_the_middle_of_an_outline_is_its_centre_of_mass() -> None:
    np.testing.assert_allclose(middle(disc(200).astype(np.float32)), [0.45, 0.55], atol=1e-3)
