"""The boxes by hand that accuracy on real clips is measured with."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

HAND = Path(__file__).parents[2] / "docs/data/hand-boxes"
COUNTS = {"vtest": 44, "cup": 8, "box": 6, "bigbuckbunny": 8}


@pytest.mark.parametrize("name", COUNTS)
def test_boxes_lie_in_their_frames_and_each_thing_is_there_once(name: str) -> None:
    about = dict(
        line.split("=", 1) for line in (HAND / name / "seqinfo.ini").read_text().splitlines() if "=" in line
    )
    with (HAND / name / "gt/gt.txt").open(encoding="utf-8") as stream:
        rows = [[float(value) for value in row] for row in csv.reader(stream)]
    assert len(rows) == COUNTS[name]
    assert len({(row[0], row[1]) for row in rows}) == len(rows)
    for frame, _, x, y, w, h, *_ in rows:
        assert 1 <= frame <= int(about["seqLength"])
        assert min(x, y) >= 0
        assert min(w, h) > 4
        assert x + w <= int(about["imWidth"]) + 1
        assert y + h <= int(about["imHeight"]) + 1
