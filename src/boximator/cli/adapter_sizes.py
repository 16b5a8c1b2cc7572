"""`boximator train sizes`: what a cheaper adapter costs in obedience, at one budget, on `pocket`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boximator.cli.ablations import Budget, Training, train_one
from boximator.cli.evaluate import SIDES, WORLD, Asked, Size, Workers, bar
from boximator.cli.table import print_table
from boximator.cli.train import BaseFolder, Folder, Seed, Steps, Threads
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    from rich.table import Table

    from boximator.bases.defaults import Options
    from boximator.evaluation.engines import Chosen
    from boximator.evaluation.report import Report

COLUMNS = ("map", "ap50", "hard_iou", "soft_inside")
POOLED, NARROW = 16, 128
"""Of a frame's 64 tokens, and of 256 channels."""
SHIPPED = "boxes-only"
LESS = "less_reference"
"""Differences on the same clips, resampled together: far more certain than two intervals side by side."""


def sizes(
    *,
    steps: Steps = 300,
    n: Annotated[int, typer.Option(min=1, help="How many held-out clips.")] = 100,
    only: Annotated[
        str | None, typer.Option(help="Names with commas between; all by default.", show_default=False)
    ] = None,
    base: BaseFolder = None,
    folder: Folder = Path("runs/sizes"),
    json: Annotated[
        Path | None, typer.Option(help="Where the numbers go; sizes.json in the folder by default.")
    ] = None,
    threads: Threads = 2,
    seed: Seed = 1,
    size: Size = None,
    workers: Workers = None,
) -> None:
    """Train adapters of several sizes on the frozen base, and measure all of them on the same clips.

    Every one has a fresh start, the same clips and the same noise. Stopped, the same command goes on.

    Example: boximator train sizes --steps 300 --n 100
    """
    from boximator.evaluation.report import write_report
    from boximator.pocket.pipeline import WEIGHTS

    chosen = _chosen(only)
    budget = Budget(folder=folder, base=base or WEIGHTS, steps=steps, threads=threads, seed=seed)
    for name, options in chosen.items():
        train_one(Training(name, options=options), budget=budget)
    asked = Asked(clips=n, side=size or SIDES[WORLD], workers=workers)
    content = _measured(chosen, budget=budget, asked=asked)
    target = json or folder / "sizes.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_report(content, target)
    print_table(table(content))
    typer.echo(f"{target}")


def adapter_sizes() -> dict[str, Options]:
    """What is compared; all but its size is as in the adapter that ships."""
    from dataclasses import replace

    from boximator.bases.defaults import BY_FAMILY

    shipped = BY_FAMILY["pocket"]
    whole = replace(shipped, cross_only=False)
    return {
        SHIPPED: shipped,
        "every-key": whole,
        "pooled-keys": replace(whole, visual_keys=POOLED),
        "second-block": replace(shipped, every=2),
        "third-block": replace(shipped, every=3),
        "narrow": replace(shipped, bottleneck=NARROW),
        "second-block-every-key": replace(whole, every=2),
        "narrow-every-key": replace(whole, bottleneck=NARROW),
    }


def _chosen(only: str | None) -> dict[str, Options]:
    known = adapter_sizes()
    names = tuple(known) if only is None else tuple(name.strip() for name in only.split(","))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Problem(
            given=f"--only names {', '.join(unknown)}",
            wanted=f"This command knows {', '.join(known)}",
            fix="Write one of those, or leave --only out",
        )
    return {name: known[name] for name in names}


def _measured(chosen: dict[str, Options], *, budget: Budget, asked: Asked) -> Report:
    """The numbers of all, with what each costs; clips that were measured before are read from a file."""
    from boximator.bases.counted import recount
    from boximator.bases.published import published
    from boximator.evaluation import adapters
    from boximator.evaluation.comparison import comparison
    from boximator.evaluation.engines import Chosen
    from boximator.evaluation.paired import differences
    from boximator.evaluation.rows import Ledger
    from boximator.evaluation.suite import HeldOut
    from boximator.pocket.pipeline import STEPS

    size = (asked.side, asked.side)
    folders = tuple((name, budget.folder / name / "weights/adapter") for name in chosen)
    evaluated = Chosen(base="pocket", method="adapter", steps=STEPS, weights=budget.base)
    header = {"suite": WORLD, "sizes": list(chosen), "marks": _marks(evaluated, folders), "side": asked.side}
    names = "sizes" if set(chosen) == set(adapter_sizes()) else "+".join(chosen)
    ledger = Ledger(budget.folder / f"{names}.clips.jsonl", run=header)
    with bar("clips") as progress:
        rows = adapters.run(
            HeldOut(clips=asked.clips, size=size),
            chosen=evaluated,
            adapters=folders,
            workers=asked.processes,
            ledger=ledger,
            progress=progress,
        )
    content = comparison(rows, chosen=evaluated, suite=WORLD, size=size)
    model = next(model for model in published() if model.family == "pocket")
    reference = SHIPPED if SHIPPED in chosen else next(iter(chosen))
    for name, options in chosen.items():
        cost = recount(model, options=options)
        content["methods"][name] |= {
            "words": options.words(),
            "adapter_params": cost.adapter_params,
            "flops_ratio": round(cost.flops_ratio, 4),
        }
        if name != reference:
            ours, theirs = ([row[who] for row in rows] for who in (name, reference))
            content["methods"][name][LESS] = differences(ours, reference=theirs, seed=evaluated.seed)
    return {**content, "reference": reference, "train_steps": budget.steps, "train_seed": budget.seed}


def _marks(chosen: Chosen, folders: tuple[tuple[str, Path], ...]) -> list[str]:
    from dataclasses import replace

    from boximator.evaluation.engines import fingerprint

    return [fingerprint(replace(chosen, adapter=folder)) for _, folder in folders]


def table(content: dict[str, Any]) -> Table:
    """A row for each size, and one for the base alone; below each, how far it is from the first."""
    from rich.table import Table

    from boximator.evaluation.report import with_interval

    title = f"{content['train_steps']} steps each, {content['n']} held-out clips"
    out = Table("", "adapter", "FLOPs", *COLUMNS, title=title)
    for name, numbers in content["methods"].items():
        told = (numbers.get("words", ""), "")
        if "flops_ratio" in numbers:
            told = (numbers["words"], f"+{100 * (numbers['flops_ratio'] - 1):.1f} %")
        out.add_row(name, *told, *(with_interval(numbers, name=column) for column in COLUMNS))
        if LESS in numbers:
            less = (with_interval(numbers[LESS], name=column) for column in COLUMNS)
            out.add_row("", f"less {content['reference']}", "", *less, style="dim")
    return out
