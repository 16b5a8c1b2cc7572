"""`boximator train contest`: which state is best denoised, at equal time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boximator.cli.table import print_table
from boximator.cli.train import Seed, Threads

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = ("steps", "ceiling", "at .6", "at .9", "back", "still", "sharp", "moved")


def contest(
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for everything that is made.")
    ] = Path("runs/contest"),
    minutes: Annotated[float, typer.Option(min=0.01, help="Training time of each entry.")] = 30,
    entries: Annotated[
        str,
        typer.Option(help="Names with commas: motion, backward, rgb, latent, shared-motion. All by default."),
    ] = "",
    n: Annotated[int, typer.Option(min=1, help="Held-out clips each entry is judged on.")] = 64,
    batch: Annotated[int, typer.Option(min=1, help="Clips in a step.")] = 8,
    small: Annotated[bool, typer.Option(help="A tiny transformer, to try the command.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes that make clips.")] = 1,
    threads: Threads = 2,
    processor: Annotated[
        bool,
        typer.Option(
            "--processor", help="Count processor time instead, on one thread; entries can share a machine."
        ),
    ] = False,
    seed: Seed = 0,
) -> None:
    """Train the base from scratch on different states for equal times and compare. Stopped, the same command goes on.

    Clips, transformer and optimiser are the same; only what is denoised differs. Run nothing else meanwhile, or count
    processor time.

    Examples: boximator train contest -o runs/contest --minutes 30
    boximator train contest -o runs/contest --minutes 30 --processor --entries motion,rgb
    """
    from boximator.pocket.base import PocketSize
    from boximator.pocket.text import TextEncoder
    from boximator.training.contest.contest import CHART, TABLE
    from boximator.training.contest.contest import contest as run
    from boximator.training.contest.entries import chosen
    from boximator.training.contest.terms import Terms

    size = PocketSize(width=48, heads=2, layers=2, feed_forward=96, picture=8) if small else PocketSize()
    terms = Terms(
        folder=output,
        seconds=60 * minutes,
        clips=n,
        batch=batch,
        seed=seed,
        workers=workers,
        threads=1 if processor else threads,
        processor=processor,
        size=size,
    )
    found = run(terms, entries=chosen(entries), told=typer.echo, text=TextEncoder())
    print_table(table(found))
    typer.echo(f"{output / TABLE}\n{output / CHART}")


def table(found: dict[str, Any]) -> Table:
    """A row for each entry: what it spent, PSNR of guesses at much noise, and what its samples are like."""
    from rich.table import Table

    minutes, clips = found["terms"]["seconds"] / 60, found["judging"]["clips"]
    kind = "minutes on one core" if found["terms"]["processor"] else "minutes"
    out = Table("", *COLUMNS, title=f"{minutes:.3g} {kind} each, {clips} held-out clips")
    for name, row in found["entries"].items():
        numbers, psnr = row["numbers"], row["numbers"]["psnr"]
        shown = (
            *(psnr[kind]["thing"] for kind in ("ceiling", "0.6", "0.9")),
            psnr["0.9"]["background"],
            *(numbers[key] for key in ("still", "sharpness", "moved")),
        )
        out.add_row(name, f"{row['spent']['base']['step']}", *(_short(mean) for mean in shown))
        nothing, true = _short(psnr["still"]["thing"]), _short(numbers["true_moved"])
        out.caption = (
            "dB of things drawn from the true state and from guesses at noise times, and of their background; samples' "
            "still background in dB, sharpness of things over the truth's, share of things found elsewhere. "
            f"The first picture repeated has {nothing} dB of things; in true clips {true} of them are found elsewhere."
        )
    return out


def _short(mean: dict[str, Any]) -> str:
    return "-" if mean["mean"] is None else f"{mean['mean']:.3g}"
