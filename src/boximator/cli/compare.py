"""`boximator evaluate --methods`: several methods in one table."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from boximator.cli.evaluate import WORLD, Asked, bar
from boximator.cli.table import print_table
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    from boximator.evaluation.engines import Chosen


def compare(chosen: Chosen, *, suite: str, methods: str, asked: Asked, target: Path, markdown: bool) -> None:
    """Measure, write the JSON, print the table. Finished clips are kept beside it, as in a run of one method."""
    if suite != WORLD:
        raise Problem(
            given=f"--methods was given with the suite {suite}",
            wanted=f"Methods are compared on {WORLD}, whose motion is known",
            fix=f"Write --suite {WORLD}, or --method NAME for one method",
        )
    from dataclasses import replace

    from boximator.evaluation import comparison
    from boximator.evaluation.engines import check, fingerprint
    from boximator.evaluation.report import write_report
    from boximator.evaluation.rows import Ledger
    from boximator.evaluation.suite import HeldOut

    names = comparison.chosen_methods(methods)
    for name in names:
        check(replace(chosen, method=name))
    began = time.perf_counter()
    size = (asked.side, asked.side)
    header = {
        "suite": suite, "base": chosen.base, "methods": names, "steps": chosen.steps, "seed": chosen.seed,
        "side": asked.side, "weights": fingerprint(chosen),
    }  # fmt: skip
    ledger = Ledger(target.with_suffix(".unfinished.jsonl"), run=header)
    with bar("clips") as progress:
        rows = comparison.run(
            HeldOut(clips=asked.clips, size=size),
            chosen=chosen,
            methods=names,
            workers=asked.processes,
            ledger=ledger,
            progress=progress,
        )
    content = comparison.comparison(rows, chosen=chosen, suite=suite, size=size)
    write_report({**content, "seconds": round(time.perf_counter() - began, 1)}, target)
    ledger.remove()
    if markdown:
        typer.echo(comparison.markdown(content))
    else:
        print_table(comparison.table(content))
    typer.echo(f"{target}")
