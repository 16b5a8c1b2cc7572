from __future__ import annotations

from dataclasses import replace

import pytest
from example_row import ROW

from boximator.evaluation.rows import ClipRow
from boximator.evaluation.tally import mean_tally, tally


def test_objects_and_frames_are_pooled_over_clips() -> None:
    failed = replace(ROW.objects[0], detected=False, overlap=0.0, hard=(0.0,), soft_inside=0, covered=False)
    other = ClipRow(objects=(failed, failed), background=None, frames=15, traced=3, seconds=0.0)
    numbers = tally([ROW, other])
    assert numbers["ap50"] == pytest.approx(34 / 101, abs=1e-4)  # one of three found: recall levels up to 1/3
    assert numbers["ap75"] == 0.0
    assert numbers["hard_iou"] == pytest.approx(0.7 / 3, abs=1e-4)
    assert numbers["soft_inside"] == pytest.approx(9 / 42, abs=1e-4)
    assert numbers["coverage"] == pytest.approx(1 / 3, abs=1e-4)
    assert numbers["trace_leak"] == pytest.approx(3 / 30)
    assert numbers["bg_psnr"] == 31.5


def test_every_number_has_an_interval_round_it() -> None:
    numbers = tally([ROW] * 3, truth=True)
    spans = numbers["ci"]
    assert isinstance(spans, dict)
    assert set(spans) == set(numbers) - {"ci"}
    for name, (low, high) in spans.items():
        assert low == high == numbers[name]


def test_what_was_not_measured_is_none() -> None:
    numbers = tally([replace(ROW, background=None)])
    assert numbers["bg_psnr"] is None


def test_the_observers_own_error_is_the_mean_overlap_with_the_truth() -> None:
    lost = replace(ROW, objects=(replace(ROW.objects[0], truth=(0.0, 0.8), shown=(0.1, 1.0)),))
    numbers = tally([ROW, lost], truth=True)
    assert numbers["iou"] == pytest.approx((0.9 + 0.8 + 0.0 + 0.8) / 4)
    assert numbers["iou_shown"] == pytest.approx((0.9 + 0.8 + 0.8) / 3, abs=1e-4)
    assert numbers["found"] == 1.0


def test_plain_numbers_have_means_and_intervals() -> None:
    numbers = mean_tally({"psnr": [20.0, 30.0]})
    assert numbers["psnr"] == 25.0
    assert numbers["ci"] == {"psnr": [20.0, 30.0]}
