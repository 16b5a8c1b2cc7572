from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_strategies import boxes, scenes

from boximator.scene.box import Box
from boximator.scene.colours import COLOURS
from boximator.scene.draw import DIGITS, draw_boxes, draw_dots, draw_number, preview_frames
from boximator.scene.path import Path
from boximator.scene.plan import plan
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

GREY = np.full((120, 160, 3), 128, np.uint8)
RED = [255, 0, 0]


def one(box: Box, *, hard: bool = True) -> Scene:
    return Scene(frames=2, tracks=(Track(id=1, keyframes=(Keyframe(frame=0, box=box, hard=hard),)),))


def red(frame: np.ndarray) -> np.ndarray:
    return (frame == RED).all(axis=-1)


def test_a_hard_box_is_a_solid_line_just_inside_its_edges() -> None:
    drawn = draw_boxes(GREY, plan(one(Box(0.25, 0.25, 0.75, 0.75))), 0)
    rows, columns = np.nonzero(red(drawn))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (30, 89, 40, 119)
    assert red(drawn)[30, 40:120].all()
    assert not red(drawn)[35:85, 45:115].any()


def test_a_soft_box_is_dashed() -> None:
    drawn = draw_boxes(GREY, plan(one(Box(0.25, 0.25, 0.75, 0.75), hard=False)), 0)
    share = red(drawn)[30, 40:120].mean()
    assert 0.3 < share < 0.8
    assert red(drawn)[30, 40], "corners are drawn"


@pytest.mark.parametrize(
    "border", [Box(0, 0.3, 0, 0.6), Box(1, 0.3, 1, 0.6), Box(0.3, 1, 0.6, 1), Box(1, 1, 1, 1)]
)
def test_a_segment_on_the_border_shows(border: Box) -> None:
    assert red(draw_boxes(GREY, plan(one(border)), 0)).any()


def test_a_frame_without_boxes_stays_and_the_frame_given_is_not_touched() -> None:
    made = plan(one(Box(0.2, 0.2, 0.8, 0.8)))
    np.testing.assert_array_equal(draw_boxes(GREY, made, 1), GREY)
    draw_boxes(GREY, made, 0)
    assert (GREY == 128).all()


@settings(max_examples=30)
@given(boxes(), st.sampled_from([(1, 1), (16, 400), (33, 17)]))
def test_any_box_can_be_drawn_on_any_frame(box: Box, size: tuple[int, int]) -> None:
    frame = np.zeros((*size, 3), np.uint8)
    assert red(draw_boxes(frame, plan(one(box)), 0)).any()


def test_dots_are_as_far_apart_as_the_box_moves() -> None:
    way = Path(points=((0.1, 0.5), (0.9, 0.5)))
    track = Track(id=1, keyframes=(Keyframe(frame=0, box=Box(0.0, 0.4, 0.2, 0.6)),), path=way)
    centres = plan(Scene(frames=5, tracks=(track,)), margin=0.0)
    drawn = draw_dots(GREY, centres, 2)
    assert all(red(drawn)[60, column] for column in (16, 48, 80, 112, 144))
    sizes = [red(drawn)[:, column - 8 : column + 8].sum() for column in (48, 80, 112)]
    assert sizes[0] == sizes[2] < sizes[1], "the current one is larger"


def test_what_stands_still_has_no_dots() -> None:
    anchored = Scene(tracks=(Track.anchor(1, box=Box(0.2, 0.2, 0.4, 0.4), frames=16),))
    np.testing.assert_array_equal(draw_dots(GREY, plan(anchored, margin=0.0), 3), GREY)


def test_numbers_differ_and_stay_in_their_corner() -> None:
    drawn = [draw_number(GREY, str(number)) for number in range(10)]
    assert len({frame.tobytes() for frame in drawn}) == 10
    assert all((frame[20:, 20:] == 128).all() for frame in drawn)
    assert all(len(marks) == 15 for marks in DIGITS.values())
    assert draw_number(np.zeros((2, 2, 3), np.uint8), "12/15").shape == (2, 2, 3)


@settings(max_examples=10)
@given(scenes())
def test_a_preview_has_a_frame_for_each_of_the_plan(scene: Scene) -> None:
    made = plan(scene)
    assert preview_frames(GREY[None], scene, made).shape == (scene.frames, *GREY.shape)


def test_a_preview_over_a_result_keeps_each_of_its_frames() -> None:
    scene = one(Box(0.4, 0.4, 0.6, 0.6))
    film = np.stack([GREY, GREY + 50])
    drawn = preview_frames(film, scene, plan(scene))
    assert drawn[:, -1, -1, 0].tolist() == [128, 178]
    with pytest.raises(AssertionError):
        preview_frames(np.stack([GREY] * 3), scene, plan(scene))


def test_each_slot_has_its_colour() -> None:
    tracks = tuple(
        Track(id=slot + 1, keyframes=(Keyframe(frame=0, box=Box(slot / 8, 0.2, slot / 8 + 0.1, 0.8)),))
        for slot in range(8)
    )
    drawn = draw_boxes(GREY, plan(Scene(frames=1, tracks=tracks)), 0)
    for colour in COLOURS:
        assert (drawn == np.rint(255 * np.asarray(colour))).all(axis=-1).any()
