"""How the command line ends when it cannot go on: in words, with an exit code, without a traceback."""

from __future__ import annotations

from typing import Any

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup

from boximator.cli.start import INTERRUPTED, STOPPED
from boximator.scene.problem import Problem

REFUSED = 2


class Verbs(TyperGroup):
    """The group of all verbs: a `Problem` in one of them is printed (exit 2), Ctrl-C is a sentence (exit 130)."""

    def make_context(self, *given: Any, **further: Any) -> Any:
        try:
            return super().make_context(*given, **further)
        except KeyboardInterrupt as interrupt:
            raise _interrupted() from interrupt

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            refuse(problem)
            raise typer.Exit(REFUSED) from problem
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("boximator"):
                raise  # our own mistake
            refuse(_not_installed(missing.name))
            raise typer.Exit(REFUSED) from missing
        except KeyboardInterrupt as interrupt:
            raise _interrupted() from interrupt


def _interrupted() -> typer.Exit:
    tell(STOPPED)
    return typer.Exit(INTERRUPTED)


def _not_installed(package: str) -> Problem:
    return Problem(
        given=f"The package {package} is not installed",
        wanted="This command needs more than the base installation",
        fix='Run: pip install "boximator[all]"',
    )


def refuse(problem: Problem) -> None:
    """Prints the problem on standard error."""
    words = Text("Problem: ", style="bold red")
    words.append(_printable(str(problem)), style="default not bold")
    _console().print(words, soft_wrap=True)


def tell(words: str) -> None:
    """A line for the person on standard error, so that standard output stays for results."""
    _console().print(Text(_printable(words)), soft_wrap=True)


def _printable(words: str) -> str:
    """File names and labels may hold signs that a terminal would obey: those are written out."""
    return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in words)


def _console() -> Console:
    return Console(stderr=True, highlight=False)
