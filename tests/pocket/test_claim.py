from __future__ import annotations

import numpy as np
import pytest

from boximator.pocket.claim import claimed
from boximator.pocket.hold import Wish
from boximator.pocket.layers import Layer, Layers

FRAMES, CELLS = 4, 64
STILL = np.tile(np.array([[1.0, 0, 0], [0, 1, 0]]), (FRAMES, 1, 1))
LEFT, RIGHT = np.array([0.1, 0.3, 0.4, 0.7]), np.array([0.6, 0.3, 0.9, 0.7])


def layer(box: np.ndarray) -> Layer:
    cover = np.zeros((CELLS, CELLS))
    x0, y0, x1, y1 = (CELLS * box).round().astype(int)
    cover[y0:y1, x0:x1] = 1
    return Layer(maps=STILL + np.array([[0, 0, 0.01], [0, 0, 0]]), coverage=cover)


def layers(*objects: Layer, background: np.ndarray = STILL) -> Layers:
    return Layers(background=background, objects=objects, noise=0.01)


def wish(first: np.ndarray, *, way: tuple[float, float] = (0.1, 0.0)) -> Wish:
    times = np.linspace(0, 1, FRAMES)[:, None]
    hard = np.zeros(FRAMES, bool)
    hard[[0, -1]] = True
    return Wish(boxes=first + np.array([*way, *way]) * times, hard=hard, soft=~hard)


def test_without_boxes_nothing_changes() -> None:
    found = layers(layer(LEFT))
    claims = claimed(found, wishes=())
    assert claims.layers.objects == found.objects
    assert claims.wishes == (None,)


def test_every_box_gets_the_thing_in_it_and_other_things_none() -> None:
    small = np.array([0.45, 0.0, 0.55, 0.1])
    mine, other = wish(RIGHT), wish(LEFT)
    claims = claimed(layers(layer(LEFT), layer(small), layer(RIGHT)), wishes=(mine, other))
    assert claims.wishes == (other, None, mine)
    for thing, box in zip(claims.layers.objects, (LEFT, small, RIGHT), strict=True):
        ys, xs = np.nonzero(thing.coverage > 0.5)
        centre = np.array([xs.mean(), ys.mean()]) / CELLS
        np.testing.assert_allclose(centre, (box[:2] + box[2:]) / 2, atol=0.02)


def test_pieces_in_one_box_become_one_thing() -> None:
    upper, lower = np.array([0.1, 0.3, 0.4, 0.5]), np.array([0.1, 0.5, 0.4, 0.7])
    claims = claimed(layers(layer(upper), layer(lower)), wishes=(wish(LEFT),))
    assert len(claims.layers.objects) == 1
    assert (claims.layers.objects[0].coverage > 0.5).sum() == (layer(LEFT).coverage > 0.5).sum()


def test_a_thing_that_spills_over_its_box_is_cut_at_it() -> None:
    wide = np.array([0.1, 0.1, 0.9, 0.9])
    claims = claimed(layers(layer(wide)), wishes=(wish(LEFT),))
    assert claims.wishes[0] is not None
    ys, xs = np.nonzero(claims.layers.objects[0].coverage > 0.5)
    assert xs.max() / CELLS < 0.45
    assert ys.min() / CELLS > 0.25


@pytest.mark.parametrize("way", [(0.3, 0.0), (0.0, -0.2)])
def test_a_box_without_a_motion_moves_what_stands_in_it(way: tuple[float, float]) -> None:
    asked = wish(LEFT, way=way)
    claims = claimed(layers(), wishes=(asked,))
    assert claims.wishes == (asked,)
    cover = claims.layers.objects[0].coverage
    rows, columns = cover.shape
    assert cover[rows // 2, columns // 4] > 0.85
    assert cover[:, columns // 2 :].max() == 0
    np.testing.assert_array_equal(claims.layers.background, STILL)


def test_a_box_that_rests_and_has_no_motion_needs_nothing() -> None:
    assert claimed(layers(), wishes=(wish(LEFT, way=(0, 0)),)).layers.objects == ()


def test_boxes_of_places_that_go_one_way_move_the_camera() -> None:
    claims = claimed(layers(), wishes=(wish(LEFT, way=(-0.1, 0)), wish(RIGHT, way=(-0.1, 0))))
    assert claims.wishes == ()
    np.testing.assert_allclose(claims.layers.background[-1], [[1, 0, -0.1], [0, 1, 0]], atol=1e-9)
    apart = claimed(layers(), wishes=(wish(LEFT, way=(-0.1, 0)), wish(RIGHT, way=(0.1, 0))))
    assert len(apart.layers.objects) == 2


def test_a_box_that_the_background_already_follows_moves_the_camera() -> None:
    going = STILL.copy()
    going[1:, 0, 2] = -0.1 * np.arange(1, FRAMES) / (FRAMES - 1)
    claims = claimed(layers(background=going), wishes=(wish(LEFT, way=(-0.3, 0)),))
    assert claims.layers.objects == ()
    assert claims.layers.background[-1, 0, 2] == pytest.approx(-0.3)


def test_where_boxes_overlap_each_keeps_its_own_middle() -> None:
    one, two = np.array([0.2, 0.3, 0.6, 0.7]), np.array([0.45, 0.3, 0.85, 0.7])
    claims = claimed(layers(), wishes=(wish(one, way=(-0.1, 0)), wish(two, way=(0.1, 0))))
    first, second = (thing.coverage for thing in claims.layers.objects)
    row, size = first.shape[0] // 2, first.shape[1]
    assert first[row, int(0.4 * size)] > 0.85
    assert second[row, int(0.65 * size)] > 0.85
    assert first[row, int(0.65 * size)] < 0.06
    assert second[row, int(0.4 * size)] < 0.06
