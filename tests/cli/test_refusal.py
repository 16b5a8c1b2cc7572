from __future__ import annotations

import pytest
import typer
from typer.testing import CliRunner

from boximator.cli.refusal import Verbs

app = typer.Typer(cls=Verbs)


@app.callback()
def verbs() -> None:
    """A group, so that the verb below is one of several."""


@app.command()
def lacking(name: str) -> None:
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_a_package_that_is_not_installed_is_said_in_words() -> None:
    result = CliRunner().invoke(app, ["lacking", "torch"])
    assert result.exit_code == 2
    assert "boximator[all]" in result.output


def test_a_module_of_our_own_that_is_missing_is_our_mistake() -> None:
    with pytest.raises(ModuleNotFoundError):
        CliRunner().invoke(app, ["lacking", "boximator.nothing"], catch_exceptions=False)
