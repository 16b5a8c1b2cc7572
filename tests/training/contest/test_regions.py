from __future__ import annotations

import numpy as np
import pytest

from boximator.training.contest.regions import region_psnr, regions
from boximator.world.clip import Clip


def test_things_are_where_they_are_drawn(clip: Clip) -> None:
    found = regions(clip)
    assert found.thing.shape == (15, *clip.size)
    assert not (found.thing & found.background).any()
    assert not (found.uncovered & found.background).any()
    assert not (found.thing & found.uncovered).any()
    still = np.square(clip.frames[1:].astype(float) - clip.frames[:1]).mean(-1)
    assert still[found.background].mean() < 1 < still[found.thing].mean()


def test_what_is_uncovered_was_a_thing(clip: Clip) -> None:
    found = regions(clip)
    first = clip.first_cover > 0.5
    assert found.uncovered.any()
    assert first[found.uncovered.any(0)].mean() > 0.9


def test_psnr_of_a_region() -> None:
    true = np.zeros((1, 20, 20, 3), np.uint8)
    made, inside = true.copy(), np.zeros((1, 20, 20), bool)
    inside[:, :10] = True
    made[:, 10:] = 255
    assert region_psnr(made, true=true, inside=inside) == 60
    made[:, :10] = 25
    assert region_psnr(made, true=true, inside=inside) == pytest.approx(20 * np.log10(255 / 25))
    assert region_psnr(made, true=true, inside=np.zeros_like(inside)) is None
