from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.cli.size import Pixels, pixels
from boximator.scene.problem import Problem
from boximator.scene.rules import LARGEST_SIDE, SMALLEST_SIDE

sides = st.integers(SMALLEST_SIDE, LARGEST_SIDE)


@given(width=sides, height=sides, times=st.sampled_from(["x", "X", "×", " x "]))
def test_width_comes_first(width: int, height: int, times: str) -> None:
    assert pixels(f"{width}{times}{height}") == Pixels(width=width, height=height)


@pytest.mark.parametrize(
    "told", ["", "640", "640x", "640x480x3", "-64x48", "6.4x48", "axb", "٣x٤", "1x480", "9999x64"]
)
def test_anything_else_is_refused_with_an_example(told: str) -> None:
    with pytest.raises(Problem, match="WIDTHxHEIGHT") as raised:
        pixels(told, example="192x128")
    assert "192x128" in str(raised.value)


def test_a_command_may_want_other_sides() -> None:
    with pytest.raises(Problem, match="32 to 1024"):
        pixels("1025x64", least=32, most=1024)
