"""How tables reach a terminal, a pipe or a file: whole, whatever the width."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def print_table(table: Table) -> None:
    """Print a table without losing a column.

    A terminal gets it at its own width, folded; where even its longest words do not fit, lines run over the edge and
    the terminal wraps them. A pipe or a file has no width: there, no cell is folded.
    """
    from rich.console import Console

    console = Console()
    found = console.measure(table, options=console.options.update(width=10_000))
    room = console.width if console.is_terminal else found.maximum
    Console(width=max(room, found.minimum)).print(table)
