from __future__ import annotations

import numpy as np
import pytest
from jaxtyping import UInt8

from boximator.scene.scene import Scene
from boximator.video.fitting import LONGEST, fitted


def picture(height: int, width: int) -> UInt8[np.ndarray, "h w 3"]:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)


def test_a_picture_that_fits_is_left_alone() -> None:
    given = picture(48, 64)
    assert fitted(given, scene=Scene()) is given


@pytest.mark.parametrize(
    ("height", "width", "wanted"),
    [
        (2048, 1024, (LONGEST, LONGEST // 2)),
        (100, 3000, (34, LONGEST)),
        (49, 65, (48, 64)),
        (50, 67, (50, 68)),
        (3, 1500, (2, LONGEST)),
    ],
)
def test_large_pictures_are_scaled_and_sides_are_even(
    height: int, width: int, wanted: tuple[int, int]
) -> None:
    assert fitted(picture(height, width), scene=Scene()).shape == (*wanted, 3)


def test_a_scene_may_name_the_size() -> None:
    assert fitted(picture(48, 64), scene=Scene(width=100, height=60)).shape == (60, 100, 3)
    assert fitted(picture(48, 64), scene=Scene(width=4096, height=2048)).shape == (512, 1024, 3)


def test_scaling_keeps_the_picture() -> None:
    ramp = np.tile(np.linspace(0, 255, 2048, dtype=np.uint8)[None, :, None], (1024, 1, 3))
    made = fitted(ramp, scene=Scene())
    assert made.shape == (512, 1024, 3)
    assert np.abs(made[:, ::64, 0].astype(int) - ramp[::2, ::128, 0]).max() <= 2
