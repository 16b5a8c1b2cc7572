"""`boximator convert` from the outside: exit codes, what is said and where."""

from __future__ import annotations

import pathlib

import pytest
from typer.testing import CliRunner

from boximator.cli.app import app

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples/two-objects.json"


def test_it_converts_and_says_what_is_lost(tmp_path: pathlib.Path) -> None:
    out = tmp_path / "a.xml"
    done = CliRunner().invoke(app, ["convert", str(EXAMPLE), str(out)])
    assert done.exit_code == 0
    assert done.stdout == f"scene -> cvat: {out}\n"
    assert "The prompt is left out." in done.stderr
    assert out.exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["missing.json", "a.json"], "no missing.json"),
        ([str(EXAMPLE), "a.mp4"], "--to"),
        ([str(EXAMPLE), "a.json", "--to", "nonsense"], "nonsense"),
        ([str(EXAMPLE), "a.xml", "--size", "big"], "832x480"),
        ([str(EXAMPLE), "a.xml", "--size", "1x1"], "pixels a side"),
        ([str(EXAMPLE), "missing/a.xml"], "missing"),
    ],
)
def test_bad_input_is_refused_in_words(
    arguments: list[str], word: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["convert", *arguments])
    assert done.exit_code == 2
    assert word in done.stderr
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_formats_are_listed() -> None:
    done = CliRunner().invoke(app, ["convert", "--formats"])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 14
    assert "wan-move" in done.stdout
