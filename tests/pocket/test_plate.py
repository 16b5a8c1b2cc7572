from __future__ import annotations

import cv2
import numpy as np
import pytest
from jaxtyping import Float32, UInt8

from boximator.pocket.plate import Ground, Shown, hidden_colour, plate

SIDE, CELLS = 96, 24
STILL = np.broadcast_to(np.array([[1.0, 0, 0], [0, 1, 0]]), (4, 2, 3)).copy()


def photo() -> UInt8[np.ndarray, "h w 3"]:
    ramp = np.linspace(40, 200, SIDE)
    return np.stack(
        [np.tile(ramp, (SIDE, 1)), np.tile(ramp[:, None], SIDE), np.full((SIDE, SIDE), 90)], -1
    ).astype(np.uint8)


def hole() -> Float32[np.ndarray, "h w"]:
    alpha = np.zeros((SIDE, SIDE), np.float32)
    cv2.circle(alpha, (50, 44), 14, 1.0, -1)
    return alpha


def with_thing() -> UInt8[np.ndarray, "h w 3"]:
    painted = photo()
    painted[hole() > 0] = (255, 0, 255)
    return painted


def cells(picture: np.ndarray) -> Float32[np.ndarray, "r c 3"]:
    return cv2.resize(picture, (CELLS, CELLS), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def filled(*, trust: float = 1.0, margin: tuple[int, int] = (0, 0), off: float = 0.0) -> Ground:
    pad = [(margin[0] * CELLS // SIDE,) * 2, (margin[1] * CELLS // SIDE,) * 2]
    shown = np.pad(cells(photo()) + np.float32(off), [*pad, (0, 0)], mode="edge")
    return plate(
        with_thing(),
        alpha=hole(),
        shown=Shown(colour=shown, weight=np.full(shown.shape[:2], trust, np.float32)),
        margin=margin,
    )


def near_the_hole(reach: int = 9) -> np.ndarray:
    return cv2.dilate(hole(), np.ones((reach, reach))) > 0


def test_known_pixels_outside_the_hole_are_left_alone() -> None:
    ground = filled().pixels
    assert np.array_equal(ground[~near_the_hole()], with_thing()[~near_the_hole()])


@pytest.mark.parametrize(("trust", "error"), [(1.0, 6), (0.0, 14)])
def test_the_hole_is_filled_with_what_stands_behind(trust: float, error: float) -> None:
    difference = np.abs(filled(trust=trust).pixels.astype(float) - photo())[hole() > 0]
    assert difference.mean() < error


def test_a_wrong_tone_of_the_model_is_shifted_to_meet_the_photograph() -> None:
    difference = np.abs(filled(off=0.15).pixels.astype(float) - photo())[hole() > 0]
    assert difference.mean() < 12 < 0.15 * 255


def test_nothing_of_the_thing_is_left() -> None:
    green = filled().pixels[..., 1].astype(float) - photo()[..., 1]
    assert np.abs(green).max() < 40, "the thing has no green at all"


def test_without_things_and_margin_the_photograph_is_the_plate() -> None:
    ground = plate(
        photo(),
        alpha=0 * hole(),
        shown=Shown(colour=cells(photo()), weight=np.ones((CELLS, CELLS), np.float32)),
        margin=(0, 0),
    )
    assert np.array_equal(ground.pixels, photo())


def test_a_margin_is_added_on_every_side() -> None:
    ground = filled(margin=(8, 16))
    assert ground.margin == (8, 16)
    assert ground.pixels.shape == (SIDE + 16, SIDE + 32, 3)
    inside = ground.pixels[8:-8, 16:-16]
    kept = ~near_the_hole()
    kept[:4] = kept[-4:] = kept[:, :4] = kept[:, -4:] = False
    assert np.array_equal(inside[kept], with_thing()[kept])


def frames(*colours: float) -> Float32[np.ndarray, "later r c 3"]:
    return np.stack([np.full((CELLS, CELLS, 3), colour, np.float32) for colour in colours])


def test_hidden_colour_averages_over_the_frames_in_which_a_cell_is_free() -> None:
    taken = np.zeros((3, CELLS, CELLS), np.float32)
    taken[0, :, :12] = 1
    taken[:, 20:] = 1
    shown = hidden_colour(frames(0.9, 0.3, 0.3), taken=taken, background=STILL, margin=(0, 0))
    np.testing.assert_allclose(shown.colour[:20, :12], 0.3, atol=1e-5)
    np.testing.assert_allclose(shown.colour[:20, 12:], 0.5, atol=1e-5)
    np.testing.assert_allclose(shown.weight[:20, :12], 1, atol=1e-3)
    assert shown.weight[20:].max() == 0, "never free"
    assert shown.weight[:20, 12:].max() < 0.01, "a background does not change its colour"


def test_hidden_colour_follows_the_camera_back_to_the_first_picture() -> None:
    """The camera moves the picture 3 cells left; what then comes into view at the right belongs in the margin."""
    pan = STILL.copy()
    pan[1:, 0, 2] = -3 / CELLS
    ramp = np.tile(np.linspace(0, 1, CELLS, dtype=np.float32)[None, None, :, None], (3, CELLS, 1, 3))
    nothing = np.zeros((3, CELLS, CELLS), np.float32)
    shown = hidden_colour(ramp, taken=nothing, background=pan, margin=(0, 4))
    assert shown.colour.shape == (CELLS, CELLS + 8, 3)
    np.testing.assert_allclose(shown.colour[:, 7 : 7 + CELLS, 0], ramp[0, :, :, 0], atol=1e-5)
    assert shown.weight[:, :7].max() == 0
    assert shown.weight[:, 7 : 7 + CELLS].min() > 0.99
