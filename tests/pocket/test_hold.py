from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.hold import Wish, held, outline, wishes
from boximator.scene.box import Box
from boximator.scene.plan import plan
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

FRAMES = 6
STILL = np.tile(np.array([[1.0, 0, 0], [0, 1, 0]]), (FRAMES, 1, 1))
FIRST = np.array([0.2, 0.3, 0.4, 0.6])
LAST_ONLY = np.arange(FRAMES) % (FRAMES - 1) == 0


def corners(box: np.ndarray) -> np.ndarray:
    return np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])


def extent(map_: np.ndarray, *, box: np.ndarray) -> np.ndarray:
    places = corners(box) @ map_[:, :2].T + map_[:, 2]
    return np.concatenate([places.min(0), places.max(0)])


def wish(last: np.ndarray, *, first: np.ndarray = FIRST, soft: np.ndarray | None = None) -> Wish:
    times = np.linspace(0, 1, FRAMES)[:, None]
    boxes = first + (last - first) * times
    given = np.zeros(FRAMES, bool) if soft is None else ~LAST_ONLY
    boxes = boxes if soft is None else np.where(LAST_ONLY[:, None], boxes, soft)
    return Wish(boxes=boxes, hard=LAST_ONLY, soft=given)


def moving(way: tuple[float, float], *, scale: float = 1.0) -> np.ndarray:
    maps = STILL.copy()
    for t in range(1, FRAMES):
        grown = 1 + (scale - 1) * t / (FRAMES - 1)
        maps[t, :, :2] *= grown
        maps[t, :, 2] = np.array(way) * t / (FRAMES - 1)
    return maps


@given(
    st.tuples(*[st.floats(0.05, 0.5)] * 2),
    st.tuples(*[st.floats(0.05, 0.4)] * 2),
    st.tuples(*[st.floats(-0.5, 0.5)] * 2),
    st.floats(0.5, 2.0),
)
def test_whatever_the_motion_the_last_hard_box_is_filled_and_the_first_stays(
    low: tuple[float, float], size: tuple[float, float], way: tuple[float, float], scale: float
) -> None:
    last = np.array([*low, low[0] + size[0], low[1] + size[1]])
    maps = held(moving(way, scale=scale), wish=wish(last), points=corners(FIRST))
    np.testing.assert_allclose(extent(maps[-1], box=FIRST), last, atol=1e-9)
    np.testing.assert_array_equal(maps[0], STILL[0])


def test_a_motion_that_obeys_is_left_alone() -> None:
    last = FIRST + np.array([0.3, 0.1, 0.3, 0.1])
    maps = moving((0.3, 0.1))
    np.testing.assert_allclose(held(maps, wish=wish(last), points=corners(FIRST)), maps, atol=1e-12)


def test_what_is_short_is_spread_over_the_frames_before() -> None:
    maps = held(STILL, wish=wish(FIRST + 0.25), points=corners(FIRST))
    np.testing.assert_allclose(maps[:, 0, 2], 0.25 * np.arange(FRAMES) / (FRAMES - 1), atol=1e-9)


def test_soft_boxes_are_not_left() -> None:
    soft = np.array([0.1, 0.2, 0.5, 0.7])
    maps = held(moving((0.5, 0.5)), wish=wish(FIRST, soft=soft), points=corners(FIRST))
    for map_ in maps[1:-1]:
        box = extent(map_, box=FIRST)
        assert (box[:2] >= soft[:2] - 1e-9).all()
        assert (box[2:] <= soft[2:] + 1e-9).all()


def test_a_thing_asked_to_leave_leaves_whole_and_one_cut_by_the_border_keeps_its_size() -> None:
    gone = held(STILL, wish=wish(np.array([0.0, 0.3, 0.0, 0.6])), points=corners(FIRST))
    assert extent(gone[-1], box=FIRST)[2] == pytest.approx(0)
    assert extent(gone[-1], box=FIRST)[0] == pytest.approx(-0.2)
    cut = held(STILL, wish=wish(np.array([0.9, 0.3, 1.0, 0.6])), points=corners(FIRST))
    np.testing.assert_allclose(extent(cut[-1], box=FIRST), [0.9, 0.3, 1.1, 0.6], atol=1e-9)


def test_turning_stays() -> None:
    maps = STILL.copy()
    maps[1:, :, :2] = np.array([[0.0, -1.0], [1.0, 0.0]])
    square = np.array([0.3, 0.3, 0.5, 0.5])
    turned = held(maps, wish=wish(square + 0.2, first=square), points=corners(square))
    assert np.abs(turned[-1][:, :2] - maps[-1][:, :2]).max() < 1e-9
    np.testing.assert_allclose(extent(turned[-1], box=square), square + 0.2, atol=1e-9)


def test_an_outline_fills_the_box_that_was_drawn_round_it() -> None:
    alpha = np.zeros((40, 40), np.float32)
    alpha[10:20, 12:18] = 1
    points = outline(alpha, box=FIRST)
    np.testing.assert_allclose([*points.min(0), *points.max(0)], FIRST, atol=1e-9)
    nothing = outline(np.zeros((40, 40), np.float32), box=FIRST)
    np.testing.assert_allclose([*nothing.min(0), *nothing.max(0)], FIRST, atol=1e-9)


def test_wishes_are_of_things_with_a_hard_box_in_the_first_picture() -> None:
    def track(id_: int, *keys: tuple[int, Box]) -> Track:
        return Track(id=id_, keyframes=tuple(Keyframe(frame=frame, box=box) for frame, box in keys))

    there, elsewhere = Box(0.1, 0.1, 0.3, 0.3), Box(0.5, 0.5, 0.7, 0.7)
    outside = Box(-0.3, 0.1, -0.1, 0.3)
    scene = Scene(
        frames=FRAMES,
        tracks=(
            track(1, (0, there), (5, elsewhere)),
            track(2, (0, outside), (5, elsewhere)),
            track(3, (2, there), (5, elsewhere)),
            track(4, (0, there), (5, there)),
        ),
    )
    found = wishes(plan(scene))
    assert [wish.travels for wish in found] == [True, False]
    assert found[0].hard.tolist() == [True, False, False, False, False, True]
    assert found[0].soft.tolist() == [False, True, True, True, True, False]


def test_a_thing_travels_if_it_cannot_stay_where_it_is() -> None:
    first, frames = np.array([0.2, 0.3, 0.4, 0.6]), 5
    hard, nowhere = np.zeros((2, frames), bool)
    hard[0] = True
    for way, margin, travels in ((0.3, 0.0, True), (0.3, 0.1, True), (0.05, 0.1, False), (0.0, 0.0, False)):
        boxes = first + np.linspace(0, way, frames)[:, None] + margin * np.array([-1.0, -1, 1, 1])
        boxes[0] = first
        assert Wish(boxes=boxes, hard=hard, soft=~hard).travels == travels, "by soft boxes alone"
        assert not Wish(boxes=boxes, hard=hard, soft=nowhere).travels
    assert Wish(boxes=boxes + np.linspace(0, 0.2, frames)[:, None], hard=~nowhere, soft=nowhere).travels
