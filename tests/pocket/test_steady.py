from __future__ import annotations

import numpy as np
import pytest

from boximator.pocket.steady import steady

FRAMES, CENTRE, ASPECT = 16, np.array([0.4, 0.6]), 1.6
TIMES = np.linspace(0, 1, FRAMES)


def similarities(
    *, travel: tuple[float, float] = (0.0, 0.0), growth: float = 1.0, turn: float = 0.0
) -> np.ndarray:
    """Smooth similarities about the centre, of a picture ``ASPECT`` times as wide as high."""
    maps: list[np.ndarray] = []
    for time in TIMES:
        cos, sin = np.cos(turn * time), np.sin(turn * time)
        grown = 1 + (growth - 1) * time
        upright = grown * np.array([[cos, -sin], [sin, cos]])
        linear = upright / np.array([[1, ASPECT], [1 / ASPECT, 1]])
        shift = CENTRE + time * np.array(travel) - linear @ CENTRE
        maps.append(np.concatenate([linear, shift[:, None]], axis=1))
    return np.stack(maps)


@pytest.mark.parametrize(
    "maps",
    [similarities(), similarities(travel=(0.3, -0.2)), similarities(growth=1.5), similarities(turn=0.4)],
    ids=["still", "travelling", "growing", "turning"],
)
def test_what_is_steady_stays_as_it_is(maps: np.ndarray) -> None:
    np.testing.assert_allclose(steady(maps, centre=CENTRE, aspect=ASPECT), maps, atol=0.005)


def test_trembling_and_shearing_go_and_the_way_stays() -> None:
    clean = similarities(travel=(0.3, -0.2), growth=1.3)
    noisy = clean.copy()
    noisy[1:] += np.random.default_rng(0).normal(0, 0.03, noisy[1:].shape)
    made = steady(noisy, centre=CENTRE, aspect=ASPECT)
    middle = [maps[:, :, :2] @ CENTRE + maps[:, :, 2] for maps in (clean, noisy, made)]
    assert np.abs(middle[2] - middle[0]).mean() < 0.6 * np.abs(middle[1] - middle[0]).mean()
    assert np.abs(np.diff(middle[2], n=2, axis=0)).max() < 0.2 * np.abs(np.diff(middle[1], n=2, axis=0)).max()
    upright = made[:, :, :2] * np.array([[1, ASPECT], [1 / ASPECT, 1]])
    np.testing.assert_allclose(upright[:, 0, 0], upright[:, 1, 1], atol=1e-9)
    np.testing.assert_allclose(upright[:, 0, 1], -upright[:, 1, 0], atol=1e-9)


def test_the_first_frame_is_known() -> None:
    noisy = similarities(travel=(0.3, 0.1))
    noisy[1:] += np.random.default_rng(1).normal(0, 0.03, noisy[1:].shape)
    np.testing.assert_allclose(
        steady(noisy, centre=CENTRE, aspect=ASPECT)[0], [[1, 0, 0], [0, 1, 0]], atol=1e-9
    )
