"""Easing: how far along its way something is at a share of its time."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float

Easing = Literal["linear", "ease_in", "ease_out", "ease_in_out"]


def eased(time: Float[np.ndarray, " ..."], easing: Easing) -> Float[np.ndarray, " ..."]:
    """Progress in [0, 1] at `time` in [0, 1]; 0 stays 0, 1 stays 1, and it always grows.

    The three curves are quadratic, so that another language repeats them without a table.
    """
    if easing == "ease_in":
        return time**2
    if easing == "ease_out":
        return 1.0 - (1.0 - time) ** 2
    if easing == "ease_in_out":
        return np.where(time < 0.5, 2.0 * time**2, 1.0 - 2.0 * (1.0 - time) ** 2)
    return time
