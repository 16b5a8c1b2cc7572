from __future__ import annotations

import numpy as np
import pytest
from pocket_fields import LATER, PANNING, SIDE, STILL, Thing, field, grid, seen

from boximator.pocket.layers import CLEAN, MAX_OBJECTS, Layer, Layers, find_layers

ONE = Thing(centre=(0.3, 0.4), radii=(0.14, 0.18), travel=(0.35, 0.1))
TWO = Thing(centre=(0.7, 0.65), radii=(0.15, 0.12), travel=(-0.1, -0.4), growth=1.3)
THREE = Thing(centre=(0.75, 0.2), radii=(0.12, 0.12), travel=(0.02, 0.5), turn=0.5)


def places(maps: np.ndarray, *, of: Thing) -> np.ndarray:
    points = grid(24)[of.covers(grid(24))]
    return points @ maps[:, :, :2].transpose(0, 2, 1) + maps[:, None, :, 2]


def found(layers: tuple[Layer, ...], *, thing: Thing) -> Layer:
    """The layer that covers a thing best."""
    side = layers[0].coverage.shape[0]
    return max(layers, key=lambda layer: float(layer.coverage[thing.covers(grid(side))].sum()))


def overlap(layer: Layer, *, thing: Thing) -> float:
    inside, covered = thing.covers(grid(layer.coverage.shape[0])), layer.coverage > 0.5
    return float((inside & covered).sum() / (inside | covered).sum())


@pytest.mark.parametrize("ground", [STILL, PANNING], ids=["still", "panning"])
@pytest.mark.parametrize("things", [[ONE], [ONE, TWO], [ONE, TWO, THREE]], ids=len)
@pytest.mark.parametrize("noise", [0.0, 0.004])
def test_things_and_camera_are_found_from_their_motion(
    things: list[Thing], ground: Thing, noise: float
) -> None:
    flow = field(things, ground=ground)
    flow += noise * np.random.default_rng(0).normal(size=flow.shape).astype(np.float32)
    layers = find_layers(flow, visible=seen())
    assert len(layers.objects) == len(things)
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
    error = corners @ (layers.background[1:] - ground.maps).transpose(0, 2, 1)
    assert np.abs(error).max() < 0.015
    for thing in things:
        layer = found(layers.objects, thing=thing)
        assert np.abs(places(layer.maps[1:], of=thing) - places(thing.maps, of=thing)).mean() < 0.012
        assert overlap(layer, thing=thing) > 0.75
        np.testing.assert_array_equal(layer.maps[0], [[1, 0, 0], [0, 1, 0]])


@pytest.mark.parametrize("things", [[ONE], [ONE, TWO]], ids=len)
def test_strong_noise_blurs_the_maps_but_invents_nothing(things: list[Thing]) -> None:
    flow = field(things)
    flow += 0.01 * np.random.default_rng(0).normal(size=flow.shape).astype(np.float32)
    layers = find_layers(flow, visible=seen())
    assert len(layers.objects) == len(things)
    for thing in things:
        middle = np.array([*thing.centre, 1])
        goes = found(layers.objects, thing=thing).maps[-1] @ middle
        np.testing.assert_allclose(goes, thing.maps[-1] @ middle, atol=0.03)


def test_nothing_moves_in_no_motion_and_in_faint_noise() -> None:
    noise = 0.003 * np.random.default_rng(0).normal(size=(LATER, 2, SIDE, SIDE)).astype(np.float32)
    for flow in (np.zeros_like(noise), noise):
        layers = find_layers(flow, visible=seen())
        assert layers.objects == ()
        assert np.array_equal(
            layers.background, np.broadcast_to(layers.background[0], layers.background.shape)
        )


def test_a_camera_alone_is_no_thing() -> None:
    layers = find_layers(field([], ground=PANNING), visible=seen())
    assert layers.objects == ()
    assert np.abs(layers.background[1:] - PANNING.maps).max() < 0.01


def test_what_is_seen_less_lies_farther_away() -> None:
    visible = seen()
    visible[LATER // 2 :, ONE.covers(grid(SIDE))] = 0
    layers = find_layers(field([ONE, TWO]), visible=visible)
    assert len(layers.objects) == 2
    assert overlap(layers.objects[0], thing=ONE) > 0.5
    visible = seen()
    visible[LATER // 2 :, TWO.covers(grid(SIDE))] = 0
    assert overlap(find_layers(field([ONE, TWO]), visible=visible).objects[0], thing=TWO) > 0.5


def test_noise_without_order_ends_in_few_layers() -> None:
    flow = np.random.default_rng(0).normal(0, 0.3, (LATER, 2, SIDE, SIDE)).astype(np.float32)
    assert len(find_layers(flow, visible=seen()).objects) <= MAX_OBJECTS


@pytest.mark.parametrize(
    ("noise", "trust"), [(0.0, 1), (CLEAN, 1), (1.5 * CLEAN, 0.5), (2 * CLEAN, 0), (0.05, 0)]
)
def test_colours_are_trusted_as_far_as_the_motion_they_came_with_is_clean(noise: float, trust: float) -> None:
    assert Layers(background=STILL.maps, objects=(), noise=noise).trust == pytest.approx(trust)


def test_colours_of_a_noisy_field_are_not_trusted() -> None:
    flow = field([ONE, TWO])
    flow += 0.006 * np.random.default_rng(0).normal(size=flow.shape).astype(np.float32)
    assert find_layers(flow, visible=seen()).trust == 0
