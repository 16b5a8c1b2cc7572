"""`boximator train ablations`: what each idea of the paper is worth, at one budget."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boximator.cli.evaluate import CLIPS, SIDES, WORLD, Asked, Size, Workers, world_report
from boximator.cli.table import print_table
from boximator.cli.train import BaseFolder, Folder, Seed, Steps, Threads, say_reached

if TYPE_CHECKING:
    from rich.table import Table

    from boximator.bases.defaults import Options
    from boximator.evaluation.report import Report

COLUMNS = ("map", "ap50", "hard_iou", "soft_inside")


@dataclass(frozen=True)
class Training:
    """One training of the box adapter; it has a folder of its own. ``options``: None for the shipped size."""

    name: str
    self_tracking: bool = True
    freeze: bool = True
    options: Options | None = None


@dataclass(frozen=True)
class Variant:
    """What is measured: a training, and whether soft boxes are inserted between the user's.

    ``paper`` is the mAP in the paper (arXiv 2402.01566, table 4: PixelDance on MSR-VTT, first frame and boxes).
    """

    name: str
    words: str
    training: Training
    paper: float
    insert: bool = True


PAPER = Training("paper")
UNTRACKED = Training("no-self-tracking", self_tracking=False)
UNFROZEN = Training("unfrozen", freeze=False)
TRAININGS = (PAPER, UNTRACKED, UNFROZEN)
VARIANTS = (
    Variant("paper", "as the paper has it", PAPER, paper=0.365),
    Variant("no-self-tracking", "without self-tracking", UNTRACKED, paper=0.187),
    Variant("unfrozen", "base trained along", UNFROZEN, paper=0.343),
    Variant("no-inserted-boxes", "without inserted soft boxes", PAPER, paper=0.274, insert=False),
)
PAPER_WITHOUT_BOXES = 0.194


@dataclass(frozen=True)
class Budget:
    """What all trainings share."""

    folder: Path
    base: Path
    steps: int
    threads: int
    seed: int


def ablations(
    *,
    steps: Steps = 1_000,
    n: Annotated[int, typer.Option(min=1, help="How many held-out clips.")] = CLIPS[WORLD],
    base: BaseFolder = None,
    folder: Folder = Path("runs/ablations"),
    json: Annotated[
        Path | None, typer.Option(help="Where the numbers go; ablations.json in the folder by default.")
    ] = None,
    threads: Threads = 2,
    seed: Seed = 1,
    size: Size = None,
    workers: Workers = None,
) -> None:
    """Train with and without each idea of the paper, and measure. Stopped, the same command goes on.

    Example: boximator train ablations --steps 1000 --n 100
    """
    from boximator.evaluation.report import write_report
    from boximator.pocket.pipeline import WEIGHTS

    budget = Budget(folder=folder, base=base or WEIGHTS, steps=steps, threads=threads, seed=seed)
    for training in TRAININGS:
        train_one(training, budget=budget)
    asked = Asked(clips=n, side=size or SIDES[WORLD], workers=workers)
    reports = {variant.name: measure(variant, budget=budget, asked=asked) for variant in VARIANTS}
    target = json or folder / "ablations.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_report(summary(reports, budget=budget), target)
    print_table(table(reports, budget=budget))
    typer.echo(f"{target}")


def train_one(training: Training, *, budget: Budget) -> None:
    """Train to the end, from where it was left, and write the weights."""
    from dataclasses import replace

    from boximator.training.boxes_run import train_boxes
    from boximator.training.recipes import pocket_boxes
    from boximator.training.weights import export_run

    folder = budget.folder / training.name
    recipe = pocket_boxes(folder, steps=budget.steps, seed=budget.seed)
    run = replace(recipe, name=training.name, threads=budget.threads)
    reached = train_boxes(
        run,
        base=budget.base,
        self_tracking=training.self_tracking,
        freeze=training.freeze,
        options=training.options,
    )
    say_reached(reached, steps=budget.steps, folder=folder)
    export_run(folder, to=folder / "weights", base=budget.base, options=training.options)


def measure(variant: Variant, *, budget: Budget, asked: Asked) -> Report:
    """Evaluate a variant on held-out clips; those measured before are read from its file."""
    from boximator.evaluation.engines import Chosen
    from boximator.pocket.pipeline import STEPS

    weights = budget.folder / variant.training.name / "weights"
    chosen = Chosen(
        base="pocket",
        method="adapter",  # alone: what is made up for it when frames are drawn would hide what it lacks
        steps=STEPS,
        weights=budget.base if variant.training.freeze else weights,
        adapter=weights / "adapter",
        insert=variant.insert,
    )
    typer.echo(f"Measuring: {variant.words}")
    return world_report(chosen, asked=asked, kept=budget.folder / f"{variant.name}.clips.jsonl")


def summary(reports: dict[str, Report], *, budget: Budget) -> dict[str, Any]:
    """What goes into the JSON: the budget, and each variant's conditions."""
    first = reports[VARIANTS[0].name]
    shared = {name: first[name] for name in ("suite", "base", "method", "n", "seed", "steps", "size")}
    training = {"train_steps": budget.steps, "train_seed": budget.seed}
    variants = {
        variant.name: {
            "words": variant.words,
            "paper_map": variant.paper,
            "conditions": reports[variant.name]["conditions"],
        }
        for variant in VARIANTS
    }
    return {**shared, **training, "variants": variants, "observer_ceiling": first["observer_ceiling"]}


def table(reports: dict[str, Report], *, budget: Budget) -> Table:
    """A row for each variant, and one for the first without boxes."""
    from rich.table import Table

    from boximator.evaluation.report import with_interval

    clips = reports[VARIANTS[0].name]["n"]
    out = Table("", *COLUMNS, "paper's map", title=f"{budget.steps} steps each, {clips} held-out clips")

    def add(words: str, numbers: dict[str, Any], paper: float) -> None:
        out.add_row(words, *(with_interval(numbers, name=name) for name in COLUMNS), f"{paper:.3f}")

    for variant in VARIANTS:
        add(variant.words, reports[variant.name]["conditions"]["box"], variant.paper)
    add("no boxes", reports[VARIANTS[0].name]["conditions"]["none"], PAPER_WITHOUT_BOXES)
    return out
