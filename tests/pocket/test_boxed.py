from __future__ import annotations

import cv2
import numpy as np
import pytest
from pocket_fields import LATER, PANNING, SIDE, STILL, Thing, grid, seen

from boximator.pocket.boxed import Field, boxed_layers
from boximator.pocket.claim import contested
from boximator.pocket.hold import Wish
from boximator.pocket.layers import Layer

FRAMES = LATER + 1
LEFT = Thing(centre=(0.3, 0.5), radii=(0.12, 0.16), travel=(0.25, -0.2))
RIGHT = Thing(centre=(0.75, 0.5), radii=(0.1, 0.1), travel=(-0.1, 0.3), growth=1.3)
SQUARE = 4  # cells of a token


def around(thing: Thing) -> np.ndarray:
    return np.array([*thing.centre, *thing.centre]) + np.array([-1, -1, 1, 1]) * [*thing.radii, *thing.radii]


def wish(thing: Thing, *, way: tuple[float, float] = (0.1, 0.0)) -> Wish:
    times = np.linspace(0, 1, FRAMES)[:, None]
    hard = np.zeros(FRAMES, bool)
    hard[[0, -1]] = True
    return Wish(boxes=around(thing) + np.array([*way, *way]) * times, hard=hard, soft=~hard)


def spread(things: list[Thing], *, ground: Thing = STILL, noise: float = 0.0) -> Field:
    """What a model says: round every thing, up to the edges of its tokens, its motion; apart from that its outline."""
    cells = grid(SIDE)
    flow = (
        cells @ ground.maps[:, None, :, :2].transpose(0, 1, 3, 2) + ground.maps[:, None, None, :, 2] - cells
    )
    thing = np.zeros((SIDE, SIDE))
    for one in things:
        x0, y0, x1, y1 = around(one) * SIDE / SQUARE
        rows = slice(int(y0) * SQUARE, int(np.ceil(y1)) * SQUARE)
        columns = slice(int(x0) * SQUARE, int(np.ceil(x1)) * SQUARE)
        own = cells[rows, columns]
        moved = own @ one.maps[:, None, :, :2].transpose(0, 1, 3, 2) + one.maps[:, None, None, :, 2]
        flow[:, rows, columns] = moved - own
        thing = np.maximum(thing, one.covers(grid(SIDE * 4)).reshape(SIDE, 4, SIDE, 4).mean((1, 3)))
    flow += np.random.default_rng(0).normal(0, noise, flow.shape)
    return Field(flow=flow.transpose(0, 3, 1, 2), visible=seen(), thing=thing)


def error(layer: Layer, *, thing: Thing) -> float:
    point = np.array([*thing.centre, 1])
    return float(np.abs(layer.maps[1:] @ point - thing.maps @ point).max())


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize("ground", [STILL, PANNING], ids=["still", "panning"])
def test_every_box_gets_the_motion_of_its_thing_and_its_outline(ground: Thing, noise: float) -> None:
    asked = (wish(RIGHT), wish(LEFT))
    claims = boxed_layers(spread([LEFT, RIGHT], ground=ground, noise=noise), wishes=asked, hold=False)
    assert len(claims.wishes) == 2
    for layer, owner in zip(claims.layers.objects, claims.wishes, strict=True):
        thing = RIGHT if owner is asked[0] else LEFT
        assert error(layer, thing=thing) < 0.004 + noise
        mask = layer.coverage > 0.5
        true = thing.covers(grid(len(mask)))
        assert (mask & true).sum() > 0.85 * (mask | true).sum()
    corner = claims.layers.background[-1] @ np.array([0.9, 0.1, 1])
    np.testing.assert_allclose(corner, ground.maps[-1] @ np.array([0.9, 0.1, 1]), atol=0.004 + noise)


def test_what_moves_outside_of_all_boxes_moves_on_without_one() -> None:
    claims = boxed_layers(spread([LEFT, RIGHT]), wishes=(wish(LEFT),), hold=True)
    assert [owner is None for owner in claims.wishes].count(True) == 1
    layer = claims.layers.objects[claims.wishes.index(None)]
    assert error(layer, thing=RIGHT) < 0.004


def test_a_box_that_rests_on_a_still_background_needs_nothing() -> None:
    field = spread([Thing(centre=LEFT.centre, radii=LEFT.radii, travel=(0, 0))])
    assert boxed_layers(field, wishes=(wish(LEFT, way=(0, 0)),), hold=True).layers.objects == ()


def test_boxes_of_places_that_go_one_way_move_the_camera_if_they_are_held() -> None:
    places = (wish(LEFT, way=(-0.1, 0)), wish(RIGHT, way=(-0.1, 0)))
    held = boxed_layers(spread([]), wishes=places, hold=True)
    assert held.wishes == ()
    np.testing.assert_allclose(held.layers.background[-1], [[1, 0, -0.1], [0, 1, 0]], atol=1e-9)
    assert np.allclose(
        boxed_layers(spread([]), wishes=places, hold=False).layers.background[-1], np.eye(2, 3)
    )
    apart = boxed_layers(spread([]), wishes=(places[0], wish(RIGHT, way=(0.1, 0))), hold=True)
    assert len(apart.wishes) == 2


def test_a_box_whose_place_the_background_already_follows_moves_the_camera() -> None:
    going = Thing(centre=(0.5, 0.5), radii=(9, 9), travel=(-0.1, 0))
    claims = boxed_layers(spread([], ground=going), wishes=(wish(LEFT, way=(-0.3, 0)),), hold=True)
    assert claims.layers.objects == ()
    assert claims.layers.background[-1, 0, 2] == pytest.approx(-0.3)


GOING = Thing(centre=(0.5, 0.5), radii=(9, 9), travel=(-0.1, 0))


def test_what_has_no_box_goes_with_the_place_that_boxes_move() -> None:
    """The boxes move the place by 0.2 more than it goes by itself, and so what walks about in it."""
    asked = (wish(LEFT, way=(-0.3, 0)),)
    claims = boxed_layers(spread([RIGHT], ground=GOING), wishes=asked, hold=True)
    assert claims.wishes == (None,)
    point = np.array([*RIGHT.centre, 1])
    moved = claims.layers.objects[0].maps[-1] @ point
    np.testing.assert_allclose(moved, RIGHT.maps[-1] @ point - [0.2, 0], atol=0.006)


@pytest.mark.parametrize(("ground", "boxes"), [(GOING, 0), (STILL, 2)], ids=["goes along", "stays"])
def test_several_boxes_that_go_the_places_way_mean_it_whatever_is_faintly_told_in_them(
    ground: Thing, boxes: int
) -> None:
    field = spread([], ground=ground)
    faint = Field(flow=field.flow, visible=field.visible, thing=np.full_like(field.thing, 0.4))
    asked = (wish(LEFT, way=(-0.2, 0)), wish(RIGHT, way=(-0.2, 0)))
    claims = boxed_layers(faint, wishes=asked, hold=True)
    assert len([owner for owner in claims.wishes if owner is not None]) == boxes
    assert claims.layers.background[-1, 0, 2] == pytest.approx(0 if boxes else -0.2, abs=1e-6)


def test_a_small_box_in_another_still_has_a_motion() -> None:
    small = Thing(centre=(0.3, 0.5), radii=(0.01, 0.01), travel=(0, 0))
    claims = boxed_layers(spread([LEFT]), wishes=(wish(LEFT), wish(small)), hold=False)
    assert len(claims.wishes) == 2
    for layer in claims.layers.objects:
        assert np.isfinite(layer.maps).all()


def test_where_boxes_overlap_each_keeps_its_own_middle() -> None:
    one = Thing(centre=(0.4, 0.5), radii=(0.2, 0.2), travel=(0, 0))
    two = Thing(centre=(0.65, 0.5), radii=(0.2, 0.2), travel=(0, 0))
    asked = (wish(one), wish(two))
    full = Layer(maps=np.tile(np.eye(2, 3), (FRAMES, 1, 1)), coverage=np.ones((64, 64)))
    first, second = (contested(full, index=i, wishes=asked).coverage for i in (0, 1))
    row, left, right = 32, int(0.4 * 64), int(0.65 * 64)
    assert (first[row, left], second[row, right]) == (1, 1)
    assert first[row, right] < 0.06
    assert second[row, left] < 0.06


def test_the_photographs_edges_decide_in_all_of_a_box() -> None:
    claims = boxed_layers(spread([LEFT]), wishes=(wish(LEFT),), hold=True)
    cover = claims.layers.objects[0].coverage
    size = cover.shape[::-1]
    x0, y0, x1, y1 = (around(LEFT) * np.array([*size, *size])).astype(int)
    assert cover[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1].min() >= 0.1
    outside = cv2.dilate((cover > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    assert outside.mean() > 0.8
