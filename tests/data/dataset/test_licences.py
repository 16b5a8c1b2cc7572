from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.data.dataset import licences
from boximator.data.dataset.licences import Ledger, OptOut, Patterns, Permission

LINES = st.lists(st.text("ab*?[]/", max_size=4), max_size=6)
NAMES = st.lists(st.text("ab[/", min_size=1, max_size=3), min_size=1, max_size=3)


@given(lines=LINES, names=NAMES)
def test_the_first_pattern_that_fits_is_found(lines: list[str], names: list[str]) -> None:
    fits = [any(fnmatch.fnmatchcase(name, line) for name in names) for line in lines]
    assert Patterns(lines).first(*names) == (fits.index(True) if True in fits else None)


def test_a_row_for_each_video_is_not_gone_through_for_each_video(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple((f"{number}.mp4", Permission(source=f"{number}", licence="MIT")) for number in range(300))
    table, out = (
        Ledger(rows=(*rows, ("*.mov", Permission(exempt="Ada")))),
        OptOut(tuple(map(str, range(300)))),
    )
    compared: list[str] = []

    def compare(name: str, pattern: str) -> bool:
        compared.append(pattern)
        return fnmatch.fnmatchcase(name, pattern)

    monkeypatch.setattr(licences, "fnmatch", type("Watched", (), {"fnmatchcase": staticmethod(compare)}))
    assert [table.of(Path(f"/in/{number}.mp4")).source for number in range(300)] == [
        row[1].source for row in rows
    ]
    assert table.of(Path("a.mov")).exempt == "Ada"
    assert out.names("299")
    assert not out.names("300", "")
    assert set(compared) == {"*.mov"}, "only what is a pattern is compared"
