"""How sure a number is: percentile intervals over resampled clips."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from jaxtyping import Int

RESAMPLES = 1000

Metric = Callable[[Int[np.ndarray, " clips"]], float]
"""A number of a set of clips, given how often each of them counts."""


def interval(
    metric: Metric, *, clips: int, rng: np.random.Generator, resamples: int = RESAMPLES, level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap: draw the clips with replacement, measure, and cut the tails.

    NaN where no resample has a value.
    """
    draws = rng.multinomial(clips, np.full(clips, 1 / clips), size=resamples)
    values = np.array([metric(counts) for counts in draws])
    tail = 50 * (1 - level)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # all values NaN
        low, high = np.nanpercentile(values, [tail, 100 - tail])
    return float(low), float(high)
