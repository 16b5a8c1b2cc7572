from __future__ import annotations

import numpy as np

from boximator.annotate.cleaning import cleaned
from boximator.annotate.detection import Detection
from boximator.annotate.tracking import tracked
from boximator.scene.box import outside


def seen(left: float, *, label: str = "dog") -> list[Detection]:
    return [Detection(box=(max(left, 0.0), 0.4, min(left + 0.2, 1.0), 0.6), score=0.9, label=label)]


def test_a_gap_is_filled_along_the_way() -> None:
    found = [seen(0.1), seen(0.15), [], seen(0.25), seen(0.3)]
    [thing] = tracked(found)
    assert thing.seen.tolist() == [True, True, False, True, True]
    np.testing.assert_allclose(thing.boxes[:, 0], [0.1, 0.15, 0.2, 0.25, 0.3], atol=1e-9)
    assert not thing.lost


def test_what_leaves_is_a_segment_on_the_border_from_then_on() -> None:
    [thing] = tracked([seen(0.6), seen(0.7), seen(0.8), [], []])
    assert outside(thing.boxes).tolist() == [False, False, False, True, True]
    assert thing.boxes[-1].tolist() == [1.0, 0.4, 1.0, 0.6]
    assert cleaned([thing], smallest=0.02) == [thing]


def test_what_vanishes_in_the_middle_is_lost_and_not_kept() -> None:
    [thing] = tracked([seen(0.3), seen(0.32), seen(0.34), [], [], [], []])
    assert thing.lost
    assert cleaned([thing], smallest=0.02) == []


def test_two_classes_are_two_things_and_a_double_is_one() -> None:
    both = [[*seen(0.1 + step / 20), *seen(0.6, label="car")] for step in range(6)]
    assert sorted(thing.label for thing in tracked(both)) == ["car", "dog"]
    double = [[*seen(0.1 + step / 20), *seen(0.1 + step / 20, label="cat")] for step in range(6)]
    assert len(cleaned(tracked(double), smallest=0.02)) == 1


def test_a_name_that_wavers_leaves_one_thing_under_the_surer_name() -> None:
    found = [seen(0.1 + step / 20, label="cat" if step % 3 == 1 else "dog") for step in range(8)]
    [thing] = tracked(found)
    assert thing.seen.all()
    assert thing.label == "dog"


def test_who_walks_by_a_box_a_frame_is_followed() -> None:
    found = [seen(0.05 + step * 0.11) for step in range(6)]
    [thing] = tracked(found)
    assert thing.seen.all()
