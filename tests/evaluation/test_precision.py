from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.evaluation.precision import Detections, average_precision, mean_average_precision

OBJECTS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12
)


def detections(rows: list[tuple[bool, bool, float, float]]) -> Detections:
    asked, detected, overlaps, scores = zip(*rows, strict=True)
    return Detections(
        asked=np.array(asked),
        detected=np.array(detected),
        overlaps=np.array(overlaps),
        scores=np.array(scores),
    )


def by_definition(rows: list[tuple[bool, bool, float, float]], threshold: float) -> float:
    """COCO's area, written as it is defined: at 101 recalls, the best precision at that recall or more."""
    targets = sum(asked for asked, *_ in rows)
    ranked = sorted((row for row in rows if row[1]), key=lambda row: -row[3])
    curve: list[tuple[float, float]] = []
    hits = 0
    for rank, (asked, _, overlap, _) in enumerate(ranked, start=1):
        hits += asked and overlap >= threshold
        curve.append((hits / targets, hits / rank))
    levels = [index / 100 for index in range(101)]
    best = [max((p for r, p in curve if r >= level - 1e-12), default=0.0) for level in levels]
    return sum(best) / len(best)


@given(OBJECTS)
def test_it_is_the_area_of_the_definition(rows: list[tuple[bool, bool, float, float]]) -> None:
    found = detections(rows)
    if not found.asked.any():
        assert np.isnan(average_precision(found, threshold=0.5))
        return
    assert average_precision(found, threshold=0.5) == pytest.approx(by_definition(rows, 0.5), abs=1e-9)


def test_cases_by_hand() -> None:
    right, wrong = (True, True, 0.9, 0.5), (True, True, 0.2, 0.9)
    missed, uninvited = (True, False, 0.0, 0.0), (False, True, 0.0, 0.9)
    assert average_precision(detections([right, right]), threshold=0.5) == 1.0
    assert average_precision(detections([missed]), threshold=0.5) == 0.0
    # One of two found, nothing wrong: precision 1 up to recall 0.5, which is 51 of the 101 levels.
    assert average_precision(detections([right, missed]), threshold=0.5) == pytest.approx(51 / 101)
    # A false detection ranked before it halves the precision.
    assert average_precision(detections([right, wrong]), threshold=0.5) == pytest.approx(51 / 101 / 2)
    assert average_precision(detections([right, uninvited]), threshold=0.5) == pytest.approx(0.5)


def test_the_mean_is_over_ten_thresholds() -> None:
    assert mean_average_precision(detections([(True, True, 0.72, 1.0)])) == pytest.approx(0.5)
    assert mean_average_precision(detections([(True, True, 1.0, 1.0)])) == 1.0


@given(OBJECTS, st.integers(1, 4))
def test_counting_every_object_more_often_changes_nothing(
    rows: list[tuple[bool, bool, float, float]], times: int
) -> None:
    found = detections(rows)
    if found.asked.any():
        often = average_precision(found, threshold=0.5, counts=np.full(len(rows), times))
        assert often == pytest.approx(average_precision(found, threshold=0.5), abs=1e-9)
