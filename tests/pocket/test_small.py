from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.small import small_size


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(16, 512))
def test_it_fits_keeps_the_shape_and_is_never_enlarged(height: int, width: int, longest: int) -> None:
    columns, rows = small_size(height, width=width, longest=longest)
    assert 8 <= max(columns, rows) <= max(8, longest)
    if min(height, width) >= 8 * max(1, max(height, width) / longest):
        assert abs(columns * height - rows * width) <= max(height, width)
        assert columns <= width
        assert rows <= height
