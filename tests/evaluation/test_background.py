from __future__ import annotations

import numpy as np
import pytest

from boximator.evaluation.background import BEST, background_psnr

FIRST = np.random.default_rng(0).integers(0, 200, (64, 64, 3)).astype(np.uint8)
BOX = np.array([0.25, 0.25, 0.5, 0.5])


def frames(count: int = 4) -> np.ndarray:
    return np.repeat(FIRST[None], count, axis=0)


def test_the_same_pixels_are_as_good_as_it_gets() -> None:
    assert background_psnr(frames(), first=FIRST, boxes=np.zeros((4, 1, 4))) == BEST


def test_it_is_the_psnr_of_what_differs() -> None:
    changed = frames()
    changed[1:] += 5
    assert background_psnr(changed, first=FIRST, boxes=np.zeros((4, 1, 4))) == pytest.approx(
        10 * np.log10(255**2 / 25)
    )


def test_what_happens_in_boxes_does_not_matter() -> None:
    changed = frames()
    changed[1:, 16:32, 16:32] = 255
    boxes = np.tile(BOX, (4, 1, 1))
    assert background_psnr(changed, first=FIRST, boxes=boxes) == BEST
    worse = background_psnr(changed, first=FIRST, boxes=np.zeros((4, 1, 4)))
    assert worse is not None
    assert worse < 20


def test_the_place_where_something_was_does_not_matter_either() -> None:
    changed = frames()
    changed[1:, 16:32, 16:32] = 255
    boxes = np.zeros((4, 1, 4))
    boxes[0, 0], boxes[1:, 0] = BOX, [0.7, 0.7, 0.9, 0.9]
    assert background_psnr(changed, first=FIRST, boxes=boxes) == BEST


def test_nothing_left_is_nothing_said() -> None:
    assert background_psnr(frames(), first=FIRST, boxes=np.tile([0.0, 0.0, 1.0, 1.0], (4, 1, 1))) is None
