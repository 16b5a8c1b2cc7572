from __future__ import annotations

import numpy as np
import pytest

from boximator.pocket.layers import centres, find_layers, pixel_map
from boximator.pocket.motion import MotionArrays
from boximator.pocket.render import render

ROWS = 32


def field(things: list[tuple[slice, slice, float, float]], *, noise: float = 0.0) -> np.ndarray:
    """Things that go straight by (x, y) of the frame over 15 frames; the rest stands still."""
    flow = np.zeros((15, 2, ROWS, ROWS))
    for t in range(15):
        for rows, columns, x, y in things:
            flow[t, 0, rows, columns] = x * (t + 1) / 15
            flow[t, 1, rows, columns] = y * (t + 1) / 15
    return flow + np.random.default_rng(0).normal(0, noise, flow.shape)


ONE = [(slice(6, 14), slice(5, 13), 0.4, 0.1)]
TWO = [*ONE, (slice(18, 27), slice(16, 28), -0.3, -0.2)]


@pytest.mark.parametrize(("things", "noise"), [(ONE, 0.0), (TWO, 0.0), (ONE, 0.01), (TWO, 0.01)])
def test_things_that_move_apart_are_found_with_their_motion(
    things: list[tuple[slice, slice, float, float]], noise: float
) -> None:
    layers = find_layers(field(things, noise=noise), visible=np.ones((15, ROWS, ROWS)))
    assert len(layers.objects) == len(things)
    for rows, columns, x, y in things:
        middle = np.array([(columns.start + columns.stop) / 64, (rows.start + rows.stop) / 64, 1.0])
        moves = [layer.maps[-1] @ middle - middle[:2] for layer in layers.objects]
        assert min(np.abs(move - np.array([x, y])).max() for move in moves) < 0.03


def test_a_moving_camera_is_background() -> None:
    points = centres(ROWS, columns=ROWS)
    zoom = ((points[:, :2] - 0.5) * 0.2).T.reshape(2, ROWS, ROWS)
    flow = np.stack([zoom * (t + 1) / 15 for t in range(15)])
    layers = find_layers(flow, visible=np.ones((15, ROWS, ROWS)))
    assert not layers.objects
    assert np.allclose(layers.background[-1][:, :2], 1.2 * np.eye(2), atol=0.01)


def test_pixel_map_is_the_same_map_in_pixels() -> None:
    normal = np.array([[1.1, 0.2, 0.05], [-0.1, 0.9, 0.02]])
    pixels = pixel_map(normal, width=40, height=30)
    point = np.array([12.0, 7.0])
    there = normal @ np.array([(point[0] + 0.5) / 40, (point[1] + 0.5) / 30, 1.0])
    assert np.allclose(pixels @ np.array([*point, 1.0]), there * np.array([40, 30]) - 0.5)


def test_no_motion_is_the_photograph_in_every_frame() -> None:
    photo = np.random.default_rng(1).integers(0, 255, (64, 80, 3)).astype(np.uint8)
    cells = photo.reshape(16, 4, 20, 4, 3).mean((1, 3)).astype(np.float32) / 255
    still = MotionArrays(
        colour=np.repeat(cells[None], 15, axis=0),
        flow=np.zeros((15, 2, 16, 20), np.float32),
        visible=np.ones((15, 16, 20), np.float32),
    )
    frames = render(photo, motion=still)
    assert all(np.array_equal(frame, photo) for frame in frames)
