from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from pocket_fields import LATER, PANNING, SIDE, STILL, Thing, field, grid, seen

from boximator.pocket.layers import Layer, Layers
from boximator.pocket.refit import exact_layers, refit

SMALL = Thing(centre=(0.4, 0.5), radii=(0.09, 0.09), travel=(0.3, -0.1))
PHOTO = 128


def identity_first(maps: np.ndarray) -> np.ndarray:
    return np.concatenate([np.array([[[1.0, 0, 0], [0, 1, 0]]]), maps])


def alpha() -> np.ndarray:
    return SMALL.covers(grid(PHOTO)).astype(np.float32)


def layer(maps: np.ndarray) -> Layer:
    return Layer(
        maps=identity_first(maps), coverage=cv2.resize(alpha(), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    )


def test_a_thing_of_few_cells_is_told_neither_to_grow_nor_to_shrink() -> None:
    wrong = SMALL.maps.copy()
    wrong[:, :, :2] *= 0.9
    wrong[:, :, 2] += 0.1 * np.array(SMALL.centre)
    fitted = refit(
        layer(wrong), alpha=alpha(), flow=field([SMALL]), background=identity_first(STILL.maps)
    ).maps[1:]
    assert np.abs(fitted[-1, :, :2] - np.eye(2)).max() < 0.02
    middle = fitted[-1] @ np.array([*SMALL.centre, 1])
    np.testing.assert_allclose(middle, np.array(SMALL.centre) + SMALL.travel, atol=0.004)


def test_a_fit_that_departs_far_is_not_believed() -> None:
    elsewhere = SMALL.maps.copy()
    elsewhere[:, 0, 2] -= 0.3
    told = layer(elsewhere)
    assert refit(told, alpha=alpha(), flow=field([SMALL]), background=identity_first(STILL.maps)) is told


def test_without_enough_of_the_thing_the_layer_stays() -> None:
    told = layer(SMALL.maps)
    nothing = np.zeros((PHOTO, PHOTO), np.float32)
    assert refit(told, alpha=nothing, flow=field([SMALL]), background=identity_first(STILL.maps)) is told


def test_exact_maps_are_not_fitted_again() -> None:
    told = replace(layer(0.9 * SMALL.maps), exact=True)
    assert refit(told, alpha=alpha(), flow=field([SMALL]), background=identity_first(STILL.maps)) is told


LEFT = Thing(centre=(0.3, 0.5), radii=(0.14, 0.14), travel=(0.45, 0.05))
RIGHT = Thing(centre=(0.65, 0.5), radii=(0.16, 0.16), travel=(-0.1, 0.02), turn=0.3)


def read(flow: np.ndarray, *, visible: np.ndarray | None = None) -> Layers:
    layers = exact_layers(flow, visible=seen() if visible is None else visible)
    assert layers is not None
    return layers


def of(layers: Layers, *, thing: Thing) -> int:
    """Which layer covers a thing best, by its number."""
    covered = [float(one.coverage[thing.covers(grid(len(one.coverage)))].mean()) for one in layers.objects]
    return int(np.argmax(covered))


def hidden(thing: Thing, *, behind: Thing) -> np.ndarray:
    """Visibility of all cells when a thing goes behind another, which moves or rests."""
    visible = seen()
    cells = thing.covers(grid(SIDE))
    for t in range(LATER):
        places = grid(SIDE)[cells] @ thing.maps[t, :, :2].T + thing.maps[t, :, 2]
        near = behind.maps[t]
        points = (places - near[:, 2]) @ np.linalg.inv(near[:, :2]).T
        visible[t][cells] = ~behind.covers(points)
    return visible


@pytest.mark.parametrize("ground", [STILL, PANNING], ids=["still", "panning"])
def test_an_exact_field_is_read_exactly(ground: Thing) -> None:
    layers = read(field([LEFT, RIGHT], ground=ground))
    assert len(layers.objects) == 2
    assert np.abs(layers.background[1:] - ground.maps).max() < 1e-4
    assert layers.noise < 1e-4
    assert layers.trust == 1
    assert layers.lost is not None
    assert layers.lost.max() < 0.01
    for thing in (LEFT, RIGHT):
        own = layers.objects[of(layers, thing=thing)]
        assert np.abs(own.maps[1:] - thing.maps).max() < 1e-3
        inside, covered = thing.covers(grid(len(own.coverage))), own.coverage > 0.5
        assert (inside & covered).sum() / (inside | covered).sum() > 0.9


@pytest.mark.parametrize(("far", "near"), [(LEFT, RIGHT), (RIGHT, LEFT)], ids=["left far", "right far"])
def test_what_hides_another_lies_nearer(far: Thing, near: Thing) -> None:
    layers = read(field([LEFT, RIGHT]), visible=hidden(far, behind=near))
    assert of(layers, thing=far) < of(layers, thing=near)


@pytest.mark.parametrize("ground", [STILL, PANNING], ids=["still", "panning"])
def test_what_hides_things_without_leaving_the_background_is_a_resting_thing(ground: Thing) -> None:
    post = replace(ground, centre=(0.65, 0.52), radii=(0.08, 0.2))
    # The post goes with the background, so it is the same affine map, told over another ellipse.
    visible = seen()
    cells = LEFT.covers(grid(SIDE))
    for t in range(LATER):
        places = grid(SIDE)[cells] @ LEFT.maps[t, :, :2].T + LEFT.maps[t, :, 2]
        points = (places - ground.maps[t, :, 2]) @ np.linalg.inv(ground.maps[t, :, :2]).T
        visible[t][cells] = ~post.covers(points)
    layers = read(field([LEFT], ground=ground), visible=visible)
    assert [one.rests for one in layers.objects] == [False, True]
    resting = layers.objects[1]
    np.testing.assert_array_equal(resting.maps, layers.background)
    found = resting.coverage > 0.5
    assert post.covers(grid(len(found)))[found].mean() > 0.8


def test_nothing_rests_in_front_when_all_is_seen() -> None:
    assert not any(one.rests for one in read(field([LEFT, RIGHT])).objects)


def test_the_rim_of_a_thing_is_no_thing_of_its_own() -> None:
    """A straight edge half-way through its cells: they all move by the same mixture."""
    flow = np.zeros((LATER, 2, SIDE, SIDE), np.float32)
    pace = np.linspace(0, 0.3, LATER + 1)[1:, None, None]
    flow[:, 0, 8:20, 8:20] = pace
    flow[:, 0, 8:20, 20] = 0.5 * pace[..., 0]
    layers = read(flow)
    assert len(layers.objects) == 1
    fine = layers.objects[0].coverage.shape[0] // SIDE
    rim = layers.objects[0].coverage[10 * fine : 18 * fine, 20 * fine : 21 * fine]
    assert 0.35 < rim.mean() < 0.65


def test_what_fills_no_cell_and_goes_its_own_way_is_lost() -> None:
    flow = field([LEFT])
    rng = np.random.default_rng(0)
    flow[:, :, 24:26, 24] += 0.1 * rng.normal(size=(LATER, 2, 2)).astype(np.float32)
    layers = read(flow)
    assert len(layers.objects) == 1
    assert layers.lost is not None
    assert layers.lost[24:26, 24].min() == 1
    assert layers.lost.sum() == 2
    assert layers.objects[0].coverage[96:104, 96:100].max() < 0.01


def test_a_field_with_noise_is_left_to_others() -> None:
    noise = np.random.default_rng(0).normal(0, 0.004, (LATER, 2, SIDE, SIDE)).astype(np.float32)
    assert exact_layers(field([LEFT]) + noise, visible=seen()) is None


def test_faint_noise_is_borne() -> None:
    noise = np.random.default_rng(0).normal(0, 0.0005, (LATER, 2, SIDE, SIDE)).astype(np.float32)
    layers = read(field([LEFT, RIGHT]) + noise)
    assert len(layers.objects) == 2
    assert np.abs(layers.objects[of(layers, thing=LEFT)].maps[1:] - LEFT.maps).max() < 0.02


def test_a_field_without_a_background_is_left_to_others() -> None:
    flow = np.repeat(np.random.default_rng(0).normal(0, 0.3, (1, 2, SIDE, SIDE)), LATER, axis=0)
    assert exact_layers(flow.astype(np.float32), visible=seen()) is None
