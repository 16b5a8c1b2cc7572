"""`boximator bases --sizes`: what adapters of several sizes would cost on published models."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from boximator.cli.refusal import tell
from boximator.cli.table import print_table

if TYPE_CHECKING:
    from boximator.bases.published import Published
    from boximator.bases.size_costs import SizeCost


def show_sizes(models: Sequence[Published], *, as_json: bool) -> None:
    """Count and print, a row for each model."""
    from boximator.bases.size_costs import size_costs

    counted: list[tuple[Published, tuple[SizeCost, ...]]] = []
    for number, model in enumerate(models, start=1):
        tell(f"Counting {model.model} ({number} of {len(models)}) ...")
        counted.append((model, size_costs(model)))
    if as_json:
        rows = [
            {"family": model.family, "model": model.model, "sizes": [asdict(cost) for cost in costs]}
            for model, costs in counted
        ]
        typer.echo(json.dumps({"bases": rows}, indent=2))
    else:
        _print(counted)


def _print(counted: Sequence[tuple[Published, tuple[SizeCost, ...]]]) -> None:
    from rich.table import Table

    table = Table("model", *(cost.size for cost in counted[0][1]), "the default is")
    for model, costs in counted:
        ratios = (f"+{100 * (cost.flops_ratio - 1):.1f} %" for cost in costs)
        table.add_row(model.model, *ratios, costs[-1].words)
    print_table(table)
