from __future__ import annotations

import pytest
from rich.table import Table

from boximator.cli.table import print_table

WORDS = tuple(f"column-{letter}-of-many" for letter in "abcdefgh")


def wide() -> Table:
    table = Table(*WORDS, title="a title that is rather long")
    table.add_row(*("a cell of several words",) * len(WORDS))
    return table


def test_a_pipe_gets_every_column_unfolded(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(wide())
    lines = capsys.readouterr().out.splitlines()
    assert any(all(word in line for word in WORDS) for line in lines)
    assert sum("a cell of several words" in line for line in lines) == 1


def test_a_narrow_terminal_loses_no_column(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "60", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    print_table(wide())
    out = capsys.readouterr().out
    assert all(word in out for word in WORDS)
    assert "a cell of several words" not in out, "cells are folded to what the terminal has"
