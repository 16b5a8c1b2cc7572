from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from boximator.cli.app import app


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--suite", "photos"], "--suite world-heldout"),
        (["--methods", "ttm,magic"], "magic"),
        (["--methods", "boxes,held"], "another name"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_made(
    options: list[str], words: str, tmp_path: Path
) -> None:
    target = tmp_path / "report.json"
    asked = ["evaluate", "--methods", "all", "--n", "1", "--json", str(target), *options]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())
    assert list(tmp_path.iterdir()) == []
