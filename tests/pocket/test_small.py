from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.small import small_size, wide_blur


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(16, 512))
def test_it_fits_keeps_the_shape_and_is_never_enlarged(height: int, width: int, longest: int) -> None:
    columns, rows = small_size(height, width=width, longest=longest)
    assert 8 <= max(columns, rows) <= max(8, longest)
    if min(height, width) >= 8 * max(1, max(height, width) / longest):
        assert abs(columns * height - rows * width) <= max(height, width)
        assert columns <= width
        assert rows <= height


@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_wide_blur_is_nearly_that_of_the_whole_size(channels: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    picture = cv2.GaussianBlur(rng.random((90, 130, *channels)).astype(np.float32), (0, 0), 3)
    for sigma in (1.0, 6.0, 14.0):
        inner = slice(20, -20), slice(20, -20)  # beyond the border the two see different reflections
        wanted, found = (
            cv2.GaussianBlur(picture, (0, 0), sigma)[inner],
            wide_blur(picture, sigma=sigma)[inner],
        )
        assert found.shape == wanted.shape
        assert np.abs(found - wanted).max() < 0.15 * np.ptp(wanted) + 1e-6
