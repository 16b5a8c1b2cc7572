from __future__ import annotations

import cv2
import numpy as np
from pocket_fields import SIDE, STILL, Thing, field, grid

from boximator.pocket.layers import Layer
from boximator.pocket.refit import refit

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
