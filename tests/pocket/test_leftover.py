from __future__ import annotations

import cv2
import numpy as np
import pytest
from jaxtyping import Float32, UInt8

from boximator.pocket.leftover import leftovers

SIDE = 256


def meadow() -> UInt8[np.ndarray, "h w 3"]:
    grain = np.random.default_rng(0).normal(0, 4, (SIDE, SIDE, 3))
    return np.clip(np.array([70, 140, 60]) + grain, 0, 255).astype(np.uint8)


def body() -> Float32[np.ndarray, "h w"]:
    alpha = np.zeros((SIDE, SIDE), np.float32)
    cv2.ellipse(alpha, (128, 110), (50, 40), 0, 0, 360, 1.0, -1)
    return alpha


def with_leg(*, long: bool = False) -> UInt8[np.ndarray, "h w 3"]:
    picture = meadow()
    picture[body() > 0] = (230, 225, 215)
    picture[145 : (250 if long else 158), 120:126] = (200, 190, 180)
    return picture


def test_a_stump_that_the_outline_missed_is_found() -> None:
    found = leftovers(with_leg(), alpha=body())
    stump = np.zeros((SIDE, SIDE), bool)
    stump[152:157, 121:125] = True
    assert found[stump].min() > 0.5
    far = cv2.dilate(np.maximum(body(), stump.astype(np.float32)), np.ones((25, 25))) == 0
    assert found[far].max() == 0


def test_what_goes_on_far_from_the_thing_stays() -> None:
    found = leftovers(with_leg(long=True), alpha=body())
    assert found[160:250, 115:132].max() == 0


def test_a_leg_with_a_shaded_top_is_found_whole() -> None:
    picture = with_leg()
    picture[148:153] = meadow()[148:153]  # as green as the grass behind it
    found = leftovers(picture, alpha=body())
    leg = np.zeros((SIDE, SIDE), bool)
    leg[151:157, 121:125] = True
    assert found[leg].min() > 0.5
    crumb = with_leg()
    crumb[148:156] = meadow()[148:156]
    assert leftovers(crumb, alpha=body()).max() == 0


def test_grass_alone_leaves_nothing() -> None:
    assert leftovers(meadow(), alpha=body()).max() == 0


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_no_thing_and_nothing_but_thing(level: float) -> None:
    assert leftovers(meadow(), alpha=np.full((SIDE, SIDE), level, np.float32)).max() == 0


@pytest.mark.parametrize("size", [(16, 16), (40, 300), (700, 90)])
def test_any_size(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (*size, 3), dtype=np.uint8)
    alpha = np.zeros(size, np.float32)
    alpha[4:9, 5:12] = 1
    found = leftovers(picture, alpha=alpha)
    assert found.shape == size
    assert 0 <= found.min() <= found.max() <= 1
