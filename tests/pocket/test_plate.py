from __future__ import annotations

import cv2
import numpy as np
import pytest
from jaxtyping import Float32, UInt8

from boximator.pocket.plate import (
    Doubt,
    Ground,
    Shown,
    belief,
    corrected,
    hidden_colour,
    known_error,
    plate,
    with_new,
)

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
        exact=True,
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
        exact=False,
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


def test_lines_are_not_mirrored_into_a_hole_and_grain_is() -> None:
    picture = np.clip(90 + 4 * np.random.default_rng(0).normal(size=(SIDE, SIDE, 3)), 0, 255)
    picture[:, 72:74] = 255
    alpha = np.zeros((SIDE, SIDE), np.float32)
    alpha[30:60, 40:66] = 1
    colour = np.full((CELLS, CELLS, 3), 90 / 255, np.float32)
    shown = Shown(colour=colour, weight=np.ones((CELLS, CELLS), np.float32))
    inside = plate(picture.astype(np.uint8), alpha=alpha, shown=shown, margin=(0, 0), exact=True)
    inside = inside.pixels[40:50, 44:66]
    assert inside.max() < 170
    assert inside.std() > 1


FINE = 4 * CELLS
NONE = np.zeros((FINE, FINE), np.float32)


def doubt(*, filled: np.ndarray = NONE, rims: np.ndarray = NONE) -> Doubt:
    return Doubt(filled=filled.astype(np.float32), rims=rims.astype(np.float32))


def left_half() -> np.ndarray:
    half = NONE.copy()
    half[:, : FINE // 2] = 1
    return half


def flat(level: float) -> Float32[np.ndarray, "h w 3"]:
    return np.full((SIDE, SIDE, 3), level, np.float32)


def test_true_colours_of_a_true_frame_change_nothing() -> None:
    frame = photo().astype(np.float32)
    made = corrected(frame, wanted=cells(photo()), doubt=doubt(filled=left_half()), trust=1.0)
    assert np.array_equal(np.round(made), frame)


def test_a_filled_place_takes_the_colour_that_is_shown_there_and_keeps_its_grain() -> None:
    grain = 6 * np.random.default_rng(0).normal(size=(SIDE, SIDE, 3)).astype(np.float32)
    made = corrected(
        flat(100) + grain, wanted=flat(110)[:CELLS, :CELLS] / 255, doubt=doubt(filled=left_half()), trust=1.0
    )
    filled = made[:, : SIDE // 2 - 4]
    assert abs(filled.mean() - 110) < 1.5
    assert filled.std() > 3


def test_a_filling_that_is_far_off_goes_with_its_grain() -> None:
    grain = 6 * np.random.default_rng(0).normal(size=(SIDE, SIDE, 3)).astype(np.float32)
    wanted = flat(180)[:CELLS, :CELLS] / 255
    made = corrected(flat(100) + grain, wanted=wanted, doubt=doubt(filled=left_half()), trust=1.0)
    np.testing.assert_allclose(made[:, : SIDE // 2 - 4], 180, atol=1)


def test_what_is_lacking_where_known_and_filled_meet_is_put_into_what_is_filled() -> None:
    """A fill of 40 levels too dark takes up half of every cell in a column of cells; the other half is right."""
    wrong, filled = flat(120), NONE.copy()
    columns = slice(SIDE // 2 - 2, SIDE // 2)
    wrong[:, columns], filled[:, columns] = 80, 1
    made = corrected(wrong, wanted=flat(120)[:CELLS, :CELLS] / 255, doubt=doubt(filled=filled), trust=1.0)
    assert np.abs(made[:, columns] - 120).mean() < 20
    known = np.abs(np.delete(made, range(SIDE // 2 - 2, SIDE // 2), axis=1) - 120)
    assert known.max() < 12
    assert known.mean() < 0.5


def test_what_comes_in_over_known_pixels_replaces_them() -> None:
    wanted = cells(photo()).copy()
    wanted[8:16, 16:] = (0.9, 0.1, 0.9)
    made = corrected(photo().astype(np.float32), wanted=wanted, doubt=doubt(), trust=1.0)
    np.testing.assert_allclose(made[40:56, 76:].reshape(-1, 3).mean(0), [229.5, 25.5, 229.5], atol=8)
    assert np.abs(made[:, :48] - photo()[:, :48]).max() < 1


@pytest.mark.parametrize("trust", [0.0, 0.25, 1.0])
def test_trust_is_the_share_of_the_correction_that_is_made(trust: float) -> None:
    wanted = cells(photo()) * 0.6
    frame = photo().astype(np.float32)
    whole = corrected(frame, wanted=wanted, doubt=doubt(filled=left_half()), trust=1.0)
    made = corrected(frame, wanted=wanted, doubt=doubt(filled=left_half()), trust=trust)
    np.testing.assert_allclose(made, frame + trust * (whole - frame), atol=0.01)


def test_colours_are_believed_less_the_more_they_are_off() -> None:
    steps = [belief(error) for error in (0.0, 0.02, 0.04, 0.05, 0.07, 1.0)]
    assert steps == sorted(steps, reverse=True)
    assert (steps[0], steps[1], steps[-2]) == (1, 1, 0)


def moving_square(column: int) -> UInt8[np.ndarray, "h w 3"]:
    picture = photo().copy()
    picture[40:56, column : column + 16] = (255, 0, 255)
    return picture


def error_of(wanted: np.ndarray) -> float:
    """How far colours are found to be off that come with a square that moves from column 20 to 60."""
    taken = np.zeros((1, CELLS, CELLS), np.float32)
    taken[0, 10:14, 15:19] = 1
    frames = moving_square(60)[None]
    return known_error(frames, wanted=wanted[None], taken=taken, doubts=[doubt()])


def test_true_colours_are_not_off() -> None:
    assert error_of(cells(moving_square(60))) < 0.005


def test_colours_of_another_light_are_off() -> None:
    assert error_of(cells(moving_square(60)) + np.float32(0.1)) == pytest.approx(0.1, abs=0.01)


def test_colours_that_leave_a_thing_where_it_was_are_off_though_most_of_them_are_right() -> None:
    assert belief(2 * error_of(cells(moving_square(20)))) == 0


def test_colours_of_which_nothing_is_known_are_not_believed() -> None:
    everything = doubt(filled=NONE + 1)
    wanted = cells(photo())[None]
    taken = np.zeros((1, CELLS, CELLS), np.float32)
    assert belief(known_error(photo()[None], wanted=wanted, taken=taken, doubts=[everything])) == 0


def test_new_is_what_comes_in_from_the_border_alone() -> None:
    wanted, taken = cells(photo()).copy(), np.zeros((CELLS, CELLS), np.float32)
    wanted[4:9, 20:] = wanted[14:18, 8:12] = (1, 0, 1)
    made = with_new(photo().astype(np.float32), wanted=wanted, taken=taken, least=0.1)
    assert made[22:30, 88:, 1].mean() < 40
    assert np.array_equal(made[56:72, 32:48], photo()[56:72, 32:48])
    taken[:, 16:] = 1
    kept = with_new(photo().astype(np.float32), wanted=wanted, taken=taken, least=0.1)
    assert np.array_equal(kept, photo()), "where a thing is drawn, the photograph's pixels count"
