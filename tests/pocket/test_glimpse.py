"""The small picture of where a generation is."""

from __future__ import annotations

import numpy as np
import pytest

from boximator.pocket.glimpse import LONGEST, glimpse_of
from boximator.pocket.motion import MotionArrays

CELLS = (12, 16)


@pytest.fixture
def motion() -> MotionArrays:
    """Nothing moves, all is seen."""
    return MotionArrays(
        colour=np.zeros((15, *CELLS, 3), np.float32),
        flow=np.zeros((15, 2, *CELLS), np.float32),
        visible=np.ones((15, *CELLS), np.float32),
    )


@pytest.fixture
def photo() -> np.ndarray:
    """Grey, with a red square in its left half."""
    grey = np.full((384, 512, 3), 128, np.uint8)
    grey[128:256, 64:192] = [255, 0, 0]
    return grey


def test_where_nothing_moves_it_is_the_photograph(motion: MotionArrays) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (384, 512, 3)).astype(np.uint8)
    seen = glimpse_of(photo, motion=motion)
    assert seen.shape == (192, LONGEST, 3)
    small = photo.reshape(192, 2, LONGEST, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(seen.astype(float), small, atol=1)


def test_what_moves_is_where_it_goes_and_its_place_is_filled_from_around(
    motion: MotionArrays, photo: np.ndarray
) -> None:
    motion.flow[-1, 0, 1:11, :8] = 0.5  # with a margin, since displacements are interpolated
    seen = glimpse_of(photo, motion=motion).astype(int)
    assert np.abs(seen[72:120, 168:216] - [255, 0, 0]).max() <= 40  # half a frame further right
    assert np.abs(seen[72:120, 40:88] - 128).max() <= 12  # a little of the red is around it


def test_what_is_hidden_or_leaves_the_frame_is_not_shown(motion: MotionArrays, photo: np.ndarray) -> None:
    motion.visible[-1, 3:9, 1:7] = 0.0
    assert np.abs(glimpse_of(photo, motion=motion).astype(int) - 128).max() <= 2
    motion.visible[-1] = 1.0
    motion.flow[-1, 0, 3:9, 1:7] = -2.0
    assert np.abs(glimpse_of(photo, motion=motion).astype(int) - 128).max() <= 2
