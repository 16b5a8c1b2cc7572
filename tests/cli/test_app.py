from __future__ import annotations

import re
import subprocess
import sys

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

import boximator
from boximator.cli.app import app
from boximator.cli.refusal import Verbs
from boximator.scene.problem import Problem

HEAVY = ("torch", "diffusers", "transformers", "av", "cv2", "matplotlib")


@pytest.mark.parametrize(
    "code",
    [
        "import boximator.scene",
        "import boximator.scene.plan, boximator.scene.draw, boximator.scene.schema",
        "from boximator.cli.app import app; app(['--help'], standalone_mode=False)",
        "from boximator.cli.app import app; app(['animate', '--help'], standalone_mode=False)",
        "from boximator.cli.app import app; app(['scene', 'schema'], standalone_mode=False)",
    ],
)
def test_it_starts_without_heavy_libraries(code: str) -> None:
    tail = f"import sys; print('loaded:', [name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tail}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded: []"


def commands(command: object, *, name: str = "boximator") -> list[tuple[str, str]]:
    """Every command with its help text."""
    inner = getattr(command, "commands", None)
    if inner is None:
        return [(name, str(getattr(command, "help", "")))]
    return [found for key, sub in inner.items() for found in commands(sub, name=f"{name} {key}")]


@pytest.mark.parametrize(("name", "words"), commands(get_command(app)))
def test_the_help_of_every_command_has_an_example(name: str, words: str) -> None:
    assert re.search(rf"Examples?: {name} ", " ".join(words.split()) + " ")


def test_it_says_its_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"boximator {boximator.__version__}\n")


def toy() -> typer.Typer:
    verbs = typer.Typer(cls=Verbs, pretty_exceptions_enable=False)

    @verbs.command("refuse")
    def refuse() -> None:  # pyright: ignore[reportUnusedFunction]
        raise Problem(given="It is [bold]red[/bold]\x1b[2J", wanted="Blue", fix="Paint it")

    @verbs.command("interrupt")
    def interrupt() -> None:  # pyright: ignore[reportUnusedFunction]
        raise KeyboardInterrupt

    @verbs.command("break")
    def fail() -> None:  # pyright: ignore[reportUnusedFunction]
        raise RuntimeError("our own fault")

    return verbs


def test_a_problem_is_printed_as_it_is_and_exits_with_2() -> None:
    result = CliRunner().invoke(toy(), ["refuse"])
    assert result.exit_code == 2
    assert result.output == "Problem: It is [bold]red[/bold]\\x1b[2J. Blue. Paint it.\n"


def test_ctrl_c_is_one_line_and_exits_with_130() -> None:
    result = CliRunner().invoke(toy(), ["interrupt"])
    assert result.exit_code == 130
    assert len(result.output.splitlines()) == 1


def test_our_own_faults_are_not_hidden() -> None:
    result = CliRunner().invoke(toy(), ["break"])
    assert isinstance(result.exception, RuntimeError)


def test_an_unknown_option_exits_with_2() -> None:
    assert CliRunner().invoke(app, ["scene", "check", "--nonsense"]).exit_code == 2
