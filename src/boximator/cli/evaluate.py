"""`boximator evaluate`: numbers and sheets that show whether boxes are obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boximator.cli.table import print_table
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    from boximator.evaluation.engines import Chosen
    from boximator.evaluation.report import Report
    from boximator.evaluation.rows import Ledger, Rows

WORLD, PHOTOS, ROUNDTRIP = "world-heldout", "photos", "render-roundtrip"
SUITES = (WORLD, PHOTOS, ROUNDTRIP)
CLIPS = {WORLD: 200, ROUNDTRIP: 24}
SIDES = {WORLD: 128, ROUNDTRIP: 256}

Size = Annotated[int | None, typer.Option(min=64, max=512, help="Side of the world's frames in pixels.")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=0, help="Processes that measure held-out clips, one a core by default; 0: this one alone."
    ),
]


def evaluate(
    base: Annotated[str, typer.Option(help="Which base makes the videos.")] = "pocket",
    suite: Annotated[str, typer.Option(help=f"One of {', '.join(SUITES)}.")] = WORLD,
    n: Annotated[
        int | None, typer.Option(min=1, help="How many clips or photographs; the suite's own number.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Denoising steps; the base's own number.")] = None,
    method: Annotated[
        str,
        typer.Option(
            help="What makes boxes count: held (or boxes: as animate does), adapter (alone), or without training ttm, "
            "peekaboo, freetraj-noise, freetraj, sg-i2v, trailblazer (on the base alone)."
        ),
    ] = "held",
    methods: Annotated[
        str | None,
        typer.Option(help="Several methods on the same clips, one table: all, or names with commas between."),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Where the numbers go; out/SUITE.json by default.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the noise and the resampling; clips stay the same.")
    ] = 0,
    size: Size = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Contact sheet of the photos (PNG); beside the JSON.")
    ] = None,
    markdown: Annotated[bool, typer.Option(help="Print the table as Markdown.")] = False,
    weights: Annotated[Path | None, typer.Option(help="Folder of other weights of the base.")] = None,
    adapter: Annotated[Path | None, typer.Option(help="Folder of another box adapter.")] = None,
    workers: Workers = None,
) -> None:
    """Measure how well boxes are obeyed. A run that is stopped goes on where it was when started again.

    Examples: boximator evaluate --suite world-heldout --n 200 --json out/world-heldout.json

    boximator evaluate --suite world-heldout --methods all --n 20
    """
    if suite not in SUITES:
        raise Problem(
            given=f'The suite is "{suite}"',
            wanted=f"This command knows {', '.join(SUITES)}",
            fix=f"Write --suite {WORLD}",
        )
    from boximator.evaluation.engines import Chosen, check
    from boximator.pocket.pipeline import STEPS

    chosen = Chosen(
        base=base, method=method, steps=steps or STEPS, seed=seed, weights=weights, adapter=adapter
    )
    check(chosen)
    asked = Asked(clips=n or CLIPS.get(suite, 0), side=size or SIDES.get(suite, 0), workers=workers)
    target = json or Path("out") / (f"{suite}-methods.json" if methods else f"{suite}.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    if methods is not None:
        from boximator.cli.compare import compare

        compare(chosen, suite=suite, methods=methods, asked=asked, target=target, markdown=markdown)
        return
    unfinished = target.with_suffix(".unfinished.jsonl")
    if suite == PHOTOS:
        content = _photos(chosen, n=n, sheet=sheet or target.with_suffix(".png"))
    elif suite == ROUNDTRIP:
        content = _roundtrip(seed, asked.clips, asked.side)
    else:
        content = world_report(chosen, asked=asked, kept=unfinished)
    _finish(content, target=target, markdown=markdown)
    unfinished.unlink(missing_ok=True)


@dataclass(frozen=True)
class Asked:
    """How many held-out clips of which size, and how many processes measure them (see `Workers`)."""

    clips: int
    side: int
    workers: int | None

    @property
    def processes(self) -> int:
        """0: this one alone."""
        import os

        return 0 if self.workers == 0 else min(self.clips, self.workers or os.cpu_count() or 1)


def world_report(chosen: Chosen, *, asked: Asked, kept: Path) -> Report:
    """Measure held-out clips. Finished ones are kept in a file, and not measured again as long as it is there."""
    from boximator.evaluation.engines import fingerprint
    from boximator.evaluation.report import report
    from boximator.evaluation.rows import Ledger

    began = time.perf_counter()
    header = {
        "suite": WORLD, "base": chosen.base, "method": chosen.method, "steps": chosen.steps, "seed": chosen.seed,
        "side": asked.side, "weights": fingerprint(chosen), "insert": chosen.insert,
    }  # fmt: skip
    rows = _world_rows(chosen, asked=asked, ledger=Ledger(kept, run=header))
    return report(
        rows, suite=WORLD, base=chosen.base, method=chosen.method, seed=chosen.seed, steps=chosen.steps,
        size=(asked.side, asked.side), seconds=time.perf_counter() - began,
    )  # fmt: skip


def _world_rows(chosen: Chosen, *, asked: Asked, ledger: Ledger) -> list[Rows]:
    from boximator.evaluation import engines, pool, suite

    clips = suite.HeldOut(clips=asked.clips, size=(asked.side, asked.side))
    with bar("clips") as progress:
        if not asked.processes:
            here = partial(suite.clip_rows, generator=engines.generator(chosen))
            return suite.run(clips, measure=here, ledger=ledger, progress=progress)
        return pool.run(clips, chosen=chosen, workers=asked.processes, ledger=ledger, progress=progress)


def _photos(chosen: Chosen, *, n: int | None, sheet: Path) -> Report:
    from boximator.evaluation.engines import generator
    from boximator.evaluation.photos import photo_report, run, scene_files

    scenes = scene_files()[:n]
    make = generator(chosen)
    with bar("photographs") as progress:
        results = run(scenes, generator=make, sheet=sheet, progress=progress)
    typer.echo(f"{sheet}: {len(results)} scenes, requested boxes over the result")
    return photo_report(results, base=chosen.base, method=chosen.method, seed=chosen.seed, steps=chosen.steps)


def _roundtrip(seed: int, clips: int, side: int) -> Report:
    from boximator.evaluation.roundtrip import RoundTrip, run

    with bar("clips") as progress:
        return run(RoundTrip(clips=clips, side=side), seed=seed, progress=progress)


@contextmanager
def bar(what: str) -> Generator[Callable[[int, int], None]]:
    """A progress bar with the time that is left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        row = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(row, completed=done, total=total)


def _finish(content: Report, *, target: Path, markdown: bool) -> None:
    from boximator.evaluation.report import markdown as as_markdown
    from boximator.evaluation.report import table, write_report

    write_report(content, target)
    if markdown:
        typer.echo(as_markdown(content))
    else:
        print_table(table(content))
    typer.echo(f"{target}")
