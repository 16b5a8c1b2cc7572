from __future__ import annotations

from dataclasses import replace

import pytest
from example_row import ROW

from boximator.evaluation.paired import differences
from boximator.evaluation.rows import ClipRow


def with_iou(value: float) -> ClipRow:
    return replace(ROW, objects=(replace(ROW.objects[0], hard=(value,)),))


def test_a_constant_gain_is_certain_however_much_clips_differ() -> None:
    theirs = [with_iou(value) for value in (0.1, 0.5, 0.8, 0.3)]
    ours = [with_iou(value + 0.1) for value in (0.1, 0.5, 0.8, 0.3)]
    found = differences(ours, reference=theirs, names=("hard_iou",))
    assert found["hard_iou"] == pytest.approx(0.1)
    assert found["ci"] == {"hard_iou": pytest.approx([0.1, 0.1])}


def test_a_gain_that_comes_and_goes_has_zero_in_its_interval() -> None:
    theirs = [with_iou(0.5)] * 4
    ours = [with_iou(value) for value in (0.9, 0.1, 0.7, 0.3)]
    found = differences(ours, reference=theirs, names=("hard_iou",))
    spans = found["ci"]
    assert isinstance(spans, dict)
    low, high = spans["hard_iou"]
    assert low < 0 < high
    assert found["hard_iou"] == pytest.approx(0.0)


def test_what_was_not_measured_has_no_difference() -> None:
    nothing = replace(ROW, objects=(replace(ROW.objects[0], hard=()),))
    assert differences([nothing], reference=[nothing], names=("hard_iou",))["hard_iou"] is None


def test_other_clips_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="2 clips are compared with 1"):
        differences([ROW, ROW], reference=[ROW])
