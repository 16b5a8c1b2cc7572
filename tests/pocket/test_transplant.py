from __future__ import annotations

import cv2
import numpy as np
import pytest
from jaxtyping import Float32

from boximator.pocket.transplant import Graft, transplanted

SIDE = 192


def tiles(*, period: int = 32) -> Float32[np.ndarray, "h w 3"]:
    """A picture that a shift by its period maps onto itself."""
    ys, xs = np.mgrid[0:SIDE, 0:SIDE] * (2 * np.pi / period)
    plane = 120 + 50 * np.sin(xs) * np.cos(ys) + 30 * np.sin(2 * xs + ys)
    return np.stack([plane, 0.5 * plane, 255 - plane], -1).astype(np.float32)


def hole() -> Float32[np.ndarray, "h w"]:
    found = np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(found, (96, 90), 30, 1.0, -1)
    return found


def filled(picture: Float32[np.ndarray, "h w 3"], *, holes: Float32[np.ndarray, "h w"]) -> Graft:
    smooth = np.where(holes[..., None] > 0, picture[holes == 0].mean(0), picture).astype(np.float32)
    damaged = np.where(holes[..., None] > 0, np.float32(255), picture).astype(np.float32)
    return transplanted(damaged, hole=holes, expected=smooth)


def test_a_pattern_is_continued_through_the_hole() -> None:
    graft = filled(tiles(), holes=hole())
    inside = hole() > 0
    assert graft.share[inside].min() == 1
    error = np.abs(graft.pixels - tiles())[inside].mean()
    assert error < 12, (
        f"{error}: a mean colour would be off by {np.abs(tiles() - tiles().mean((0, 1))).mean()}"
    )


def test_nothing_of_the_hole_is_copied() -> None:
    holes = hole()
    holes[150:180, 20:170] = 1
    assert filled(np.minimum(tiles(), 200), holes=holes).pixels.max() <= 201, "what stands in holes is 255"


def test_a_horizon_goes_on() -> None:
    picture = np.zeros((SIDE, SIDE, 3), np.float32)
    picture[:90], picture[90:] = (120, 170, 240), (60, 130, 50)
    graft = filled(picture, holes=hole())
    inside = hole() > 0
    assert np.abs(graft.pixels - picture)[inside].mean() < 5


def test_a_wall_is_not_filled_with_what_stands_beside_it() -> None:
    picture = np.full((SIDE, SIDE, 3), 150, np.float32)
    picture += np.random.default_rng(0).normal(0, 2, picture.shape).astype(np.float32)
    stripes = 150 + 60 * np.sign(np.sin(np.arange(SIDE)))  # as bright as the wall, on the whole
    picture[:, :70] = stripes[:, None, None]
    holes = np.zeros((SIDE, SIDE), np.float32)
    holes[60:140, 120:192] = 1  # too large for one copy of the wall
    graft = filled(picture, holes=holes)
    inside = cv2.erode(holes, np.ones((9, 9))) > 0
    told = graft.share[inside] > 0.5
    assert np.abs(graft.pixels[inside][told] - 150).max(initial=0) < 30


def test_a_picture_that_is_all_hole_is_left_to_others() -> None:
    graft = filled(tiles(), holes=np.ones((SIDE, SIDE), np.float32) - np.eye(SIDE, dtype=np.float32))
    assert np.isfinite(graft.pixels).all()


@pytest.mark.parametrize("size", [(16, 16), (24, 300), (500, 60)])
def test_any_size(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (*size, 3)).astype(np.float32)
    holes = np.zeros(size, np.float32)
    holes[5:11, 4:12] = 1
    graft = transplanted(picture, hole=holes, expected=picture)
    assert graft.pixels.shape == (*size, 3)
    assert 0 <= graft.share.min() <= graft.share.max() <= 1


def test_the_same_again() -> None:
    first, second = filled(tiles(), holes=hole()), filled(tiles(), holes=hole())
    assert np.array_equal(first.pixels, second.pixels)
