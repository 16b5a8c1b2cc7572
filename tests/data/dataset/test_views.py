from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.data.dataset.views import Cut, Shown, cropped, fitted, mirrored, resized, sampled
from boximator.scene.box import outside

HEIGHT, WIDTH, FRAMES = 24, 36, 3

cells = st.tuples(
    st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), st.integers(1, WIDTH), st.integers(1, HEIGHT)
)


def painted(left: int, top: int, width: int, height: int) -> Shown:
    """A thing of whole pixels: its box can be read off the picture again."""
    right, bottom = min(WIDTH, left + width), min(HEIGHT, top + height)
    frames = np.zeros((FRAMES, HEIGHT, WIDTH, 3), np.uint8)
    frames[:, top:bottom, left:right] = 255
    boxes = np.zeros((FRAMES, 8, 4), np.float32)
    boxes[:, 2] = np.array([left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT])
    present = np.arange(8) == 2
    return Shown(frames=frames, boxes=boxes, present=present, labels=("",) * 8, caption="a thing")


def seen(shown: Shown) -> np.ndarray | None:
    """The box that can be read off the first frame; None if nothing shows."""
    lit = shown.frames[0, :, :, 0] > 127
    if not lit.any():
        return None
    rows, columns = np.flatnonzero(lit.any(1)), np.flatnonzero(lit.any(0))
    height, width = shown.size
    return np.array(
        [columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height]
    )


def agree(shown: Shown) -> None:
    box, found = shown.boxes[0, 2], seen(shown)
    if found is None:
        assert bool(outside(box))
        assert not shown.inside[0, 2]
    else:
        np.testing.assert_allclose(box, found, atol=1e-6)
    assert np.all((shown.boxes >= 0) & (shown.boxes <= 1))
    assert not shown.boxes[:, ~shown.present].any(), "empty slots stay empty"


@given(cells, st.data())
def test_boxes_move_with_the_pixels_of_a_cut(thing: tuple[int, int, int, int], data: st.DataObject) -> None:
    top, left = data.draw(st.integers(0, HEIGHT - 1)), data.draw(st.integers(0, WIDTH - 1))
    height, width = data.draw(st.integers(1, HEIGHT - top)), data.draw(st.integers(1, WIDTH - left))
    agree(cropped(painted(*thing), to=Cut(top=top, left=left, height=height, width=width)))


@given(cells)
def test_boxes_move_with_the_pixels_of_a_mirror_which_undoes_itself(thing: tuple[int, int, int, int]) -> None:
    shown = painted(*thing)
    agree(mirrored(shown))
    np.testing.assert_allclose(mirrored(mirrored(shown)).boxes, shown.boxes, atol=1e-6)
    assert np.array_equal(mirrored(mirrored(shown)).frames, shown.frames)


@given(cells, st.sampled_from([1, 2, 3]))
def test_boxes_stay_when_the_size_changes(thing: tuple[int, int, int, int], times: int) -> None:
    shown = painted(*thing)
    larger = replace(shown, frames=shown.frames.repeat(times, 1).repeat(times, 2))
    agree(larger)
    agree(resized(larger, size=(HEIGHT, WIDTH)))


@given(cells, st.integers(0, 2**31), st.sampled_from([(24, 24), (48, 16), (12, 36), (7, 5)]))
def test_any_cut_of_any_aspect_keeps_boxes_in_the_picture(
    thing: tuple[int, int, int, int], seed: int, size: tuple[int, int]
) -> None:
    shown = fitted(painted(*thing), size=size, rng=np.random.default_rng(seed))
    assert shown.size == size
    assert np.all((shown.boxes >= 0) & (shown.boxes <= 1))
    assert np.all(shown.boxes[..., 2:] >= shown.boxes[..., :2])
    again = fitted(painted(*thing), size=size, rng=np.random.default_rng(seed))
    assert np.array_equal(again.boxes, shown.boxes)


def test_what_a_cut_leaves_out_is_a_segment_on_its_border() -> None:
    shown = painted(0, 0, 6, 6)
    away = cropped(shown, to=Cut(top=12, left=18, height=12, width=18))
    assert away.boxes[0, 2].tolist() == [0, 0, 0, 0] or bool(outside(away.boxes[0, 2]))
    below = cropped(shown, to=Cut(top=8, left=0, height=16, width=36))
    assert below.boxes[0, 2, 1] == below.boxes[0, 2, 3] == 0, "it lies above"
    assert below.boxes[0, 2, 2] == pytest.approx(6 / 36), "and keeps its width"


def test_who_speaks_of_left_and_right_is_not_mirrored() -> None:
    shown = replace(painted(0, 0, 6, 6), caption="A thing moves to the left.")
    for seed in range(8):
        assert fitted(shown, size=(24, 36), rng=np.random.default_rng(seed)).boxes[0, 2, 0] == 0


def test_frames_are_taken_from_the_first_to_the_last() -> None:
    shown = painted(0, 0, 6, 6)
    numbered = replace(shown, frames=np.arange(FRAMES, dtype=np.uint8)[:, None, None, None].repeat(3, 3))
    assert sampled(numbered, frames=2).frames[:, 0, 0, 0].tolist() == [0, 2]
    assert sampled(numbered, frames=5).frames[:, 0, 0, 0].tolist() == [0, 0, 1, 2, 2]
