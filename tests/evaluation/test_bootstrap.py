from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from boximator.evaluation.bootstrap import interval


def mean_of(values: np.ndarray) -> Callable[[np.ndarray], float]:
    def mean(counts: np.ndarray) -> float:
        return float(counts @ values / counts.sum())

    return mean


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    low, high = interval(mean_of(values), clips=400, rng=np.random.default_rng(0))
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.15)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.arange(20.0)
    spans = [
        interval(mean_of(values), clips=20, rng=np.random.default_rng(4), resamples=50) for _ in range(2)
    ]
    assert spans[0] == spans[1]


def test_what_has_no_value_has_no_interval() -> None:
    span = interval(lambda _: float("nan"), clips=3, rng=np.random.default_rng(0), resamples=10)
    assert np.isnan(span).all()
