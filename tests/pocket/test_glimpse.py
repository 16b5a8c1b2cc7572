"""The small picture of where a generation is."""

from __future__ import annotations

import numpy as np
import pytest

from boximator.pocket.glimpse import LONGEST, glimpse_of
from boximator.pocket.motion import MotionArrays

CELLS = (12, 16)


def motion(colour: np.ndarray) -> MotionArrays:
    later = np.repeat(colour[None].astype(np.float32), 15, axis=0)
    still = np.zeros((15, 2, *CELLS), np.float32)
    return MotionArrays(colour=later, flow=still, visible=np.ones((15, *CELLS), np.float32))


@pytest.fixture
def photo() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (384, 512, 3)).astype(np.uint8)


@pytest.fixture
def first() -> np.ndarray:
    return np.full((*CELLS, 3), 0.5, np.float32)


def test_where_nothing_changes_it_is_the_photograph(photo: np.ndarray, first: np.ndarray) -> None:
    seen = glimpse_of(photo, motion=motion(first), first=first)
    assert seen.shape == (192, LONGEST, 3)
    np.testing.assert_allclose(
        seen.astype(float), photo.reshape(192, 2, LONGEST, 2, 3).mean(axis=(1, 3)), atol=1
    )


def test_where_it_changes_it_is_the_bases_colour(photo: np.ndarray, first: np.ndarray) -> None:
    colour = first.copy()
    colour[:, :8] = [1.0, 0.0, 0.0]
    seen = glimpse_of(photo, motion=motion(colour), first=first)
    assert np.abs(seen[:, :100].astype(int) - [255, 0, 0]).max() <= 2
    assert seen[:, 160:].std() > 20
