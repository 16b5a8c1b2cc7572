from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from boximator.cli.app import app


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["train", *words])
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("size", ["320", "320x", "576x0", "axb"])
def test_a_size_that_is_none_is_refused_with_words(size: str, tmp_path: Path) -> None:
    code, words = said("boxes", "--base", "any", "-o", str(tmp_path / "out"), "--size", size)
    assert code == 2
    assert "832x480" in words
    assert not (tmp_path / "out").exists()


def test_a_base_and_a_folder_have_to_be_given(tmp_path: Path) -> None:
    assert said("boxes", "-o", str(tmp_path))[0] == 2
    assert said("boxes", "--base", "any")[0] == 2


def test_a_card_of_nothing_is_refused_with_words(tmp_path: Path) -> None:
    code, words = said("card", str(tmp_path))
    assert code == 2
    assert "holds no box adapter" in words
    (tmp_path / "report.json").write_text("[]", encoding="utf-8")
    code, words = said("card", str(tmp_path), "--report", str(tmp_path / "report.json"))
    assert code == 2
    assert "is no report" in words
