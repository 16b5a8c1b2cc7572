from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.layout import CELL, FRAMES, PACK, PATCH, PICTURE_SIZES, grid_for


def test_all_frames_but_the_given_one_are_packed_without_rest() -> None:
    assert (FRAMES - 1) % PACK == 0


@pytest.mark.parametrize("size", PICTURE_SIZES)
def test_every_picture_size_is_made_of_whole_tokens(size: tuple[int, int]) -> None:
    assert size[0] % (CELL * PATCH) == size[1] % (CELL * PATCH) == 0
    grid = grid_for(size[0], width=size[1])
    assert grid.picture == size


@pytest.mark.parametrize(
    ("width", "height", "picture"),
    [
        (512, 512, (128, 128)),
        (1024, 576, (96, 160)),
        (576, 1024, (160, 96)),
        (5, 4, (128, 128)),
        (4, 3, (96, 160)),
        (3, 1, (96, 160)),
    ],
)
def test_the_nearest_aspect_ratio_is_taken(width: int, height: int, picture: tuple[int, int]) -> None:
    assert grid_for(height, width=width).picture == picture


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_no_other_grid_is_nearer(width: int, height: int) -> None:
    rows, columns = grid_for(height, width=width).picture

    def apart(size: tuple[int, int]) -> float:
        return abs(math.log(size[1] / size[0]) - math.log(width / height))

    assert apart((rows, columns)) <= min(map(apart, PICTURE_SIZES)) + 1e-9


@given(st.integers(1, 8000), st.integers(1, 8000))
def test_a_turned_picture_gets_the_turned_grid(width: int, height: int) -> None:
    rows, columns = grid_for(height, width=width).picture
    assert grid_for(width, width=height).picture == (columns, rows)
