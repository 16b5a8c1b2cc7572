from __future__ import annotations

from boximator.training.boxes.waiting import Waiting


def test_only_what_is_spent_on_data_counts() -> None:
    now = [5.0]
    watch = Waiting(clock=lambda: now[0])
    assert watch.share == 0, "before anything, too"
    now[0] += 3
    with watch.for_data():
        now[0] += 1
    assert (watch.waited, watch.seconds, watch.share) == (1, 4, 0.25)
    with watch.for_data():
        now[0] += 4
    assert watch.share == 5 / 8
    watch.begin()
    now[0] += 1
    assert (watch.waited, watch.seconds, watch.share) == (0, 1, 0)
