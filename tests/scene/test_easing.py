from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from boximator.scene.easing import Easing, eased

each_easing = pytest.mark.parametrize("easing", get_args(Easing))


@each_easing
def test_it_starts_at_0_ends_at_1_and_always_grows(easing: Easing) -> None:
    progress = eased(np.linspace(0.0, 1.0, 101), easing)
    assert progress[0] == 0.0
    assert progress[-1] == 1.0
    assert np.all(np.diff(progress) > 0.0)


@pytest.mark.parametrize(
    ("easing", "at_a_quarter"),
    [("linear", 0.25), ("ease_in", 0.0625), ("ease_out", 0.4375), ("ease_in_out", 0.125)],
)
def test_the_curves_are_quadratic(easing: Easing, at_a_quarter: float) -> None:
    assert eased(np.asarray([0.25]), easing) == pytest.approx(at_a_quarter)


@each_easing
def test_backwards_in_is_out(easing: Easing) -> None:
    times = np.linspace(0.0, 1.0, 21)
    mirror: dict[Easing, Easing] = {"ease_in": "ease_out", "ease_out": "ease_in"}
    other = mirror.get(easing, easing)
    np.testing.assert_allclose(eased(times, easing), 1.0 - eased(1.0 - times, other), atol=1e-12)
