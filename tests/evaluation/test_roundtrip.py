from __future__ import annotations

import numpy as np
import pytest

from boximator.evaluation.roundtrip import RoundTrip, psnr, run, true_motion
from boximator.world.make import make_clip


def test_psnr_of_a_known_error() -> None:
    true = np.full((2, 4, 4, 3), 100, np.uint8)
    assert psnr(true + 5, true=true) == pytest.approx(10 * np.log10(255**2 / 25))


def test_the_motion_is_the_mean_over_each_cell() -> None:
    clip = make_clip(1, split="heldout", size=(128, 128), stride=2)
    motion = true_motion(clip)
    assert motion.colour.shape == (15, 32, 32, 3)
    assert motion.flow.shape == (15, 2, 32, 32)
    assert motion.visible.shape == (15, 32, 32)
    assert motion.flow[4, 1, 3, 7] == pytest.approx(clip.flow[5, 1, 6:8, 14:16].mean(), abs=1e-6)
    assert motion.colour[4, 3, 7] * 255 == pytest.approx(clip.frames[5, 12:16, 28:32].mean((0, 1)), abs=1)


def test_it_reports_every_clip() -> None:
    content = run(RoundTrip(clips=2, side=128), seed=0, progress=lambda _done, _count: None)
    assert len(content["psnr_by_clip"]) == 2
    assert content["conditions"]["true motion"]["psnr"] == pytest.approx(
        np.mean(content["psnr_by_clip"]), abs=0.01
    )
    assert content["conditions"]["true motion"]["psnr"] > 20
