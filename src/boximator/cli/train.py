"""`boximator train`: make the weights yourself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="Train the embedded base and its box adapter. Runs resume by themselves: the same command goes on.",
)

Folder = Annotated[Path, typer.Option(help="Where checkpoints, curve and previews go.")]
Steps = Annotated[
    int, typer.Option(min=1, help="Steps in all; the learning rate falls towards the last of them.")
]
Threads = Annotated[
    int, typer.Option(min=1, help="Threads of the training process; data has a process of its own.")
]
Seed = Annotated[int, typer.Option(help="Decides weights, clips, noise and times.")]
BaseFolder = Annotated[
    Path | None, typer.Option(help="Folder of the base's weights; the shipped ones by default.")
]


@app.command("pocket-base")
def pocket_base(
    *, folder: Folder = Path("runs/pocket-base"), steps: Steps = 20_000, threads: Threads = 2, seed: Seed = 0
) -> None:
    """Train `pocket` from scratch on the world. Example: boximator train pocket-base --steps 2000"""
    from dataclasses import replace

    import torch

    from boximator.pocket.base import PocketSize, build
    from boximator.training.base_task import BaseTask
    from boximator.training.loop import train
    from boximator.training.recipes import pocket_base as recipe

    torch.manual_seed(seed)
    run = replace(recipe(folder, steps=steps, seed=seed), threads=threads)
    say_reached(train(run, task=BaseTask(build(PocketSize()))), steps=steps, folder=folder)


@app.command("pocket-joint")
def pocket_joint(
    *,
    base: Annotated[
        Path | None, typer.Option(help="Folder of a base to go on from; a new one by default.")
    ] = None,
    folder: Folder = Path("runs/pocket-joint"),
    steps: Steps = 4_000,
    threads: Threads = 2,
    seed: Seed = 2,
) -> None:
    """Train `pocket` together with an adapter that is then thrown away, so that boxes can steer it.

    Example: boximator train pocket-joint --base weights --steps 1000
    """
    from dataclasses import replace

    from boximator.training.boxes_run import train_joint
    from boximator.training.recipes import pocket_joint as recipe

    run = replace(recipe(folder, steps=steps, seed=seed), threads=threads)
    say_reached(train_joint(run, base=base), steps=steps, folder=folder)


@app.command("pocket-boxes")
def pocket_boxes(
    *,
    base: BaseFolder = None,
    folder: Folder = Path("runs/pocket-boxes"),
    steps: Steps = 4_000,
    threads: Threads = 2,
    seed: Seed = 1,
    self_tracking: Annotated[bool, typer.Option(help="Draw boxes on the target in stages 1 and 2.")] = True,
    freeze: Annotated[bool, typer.Option(help="Keep the base's weights as they are.")] = True,
) -> None:
    """Train the box adapter on a frozen base. Example: boximator train pocket-boxes --steps 1000"""
    from dataclasses import replace

    from boximator.pocket.pipeline import WEIGHTS
    from boximator.training.boxes_run import train_boxes
    from boximator.training.recipes import pocket_boxes as recipe

    run = replace(recipe(folder, steps=steps, seed=seed), threads=threads)
    reached = train_boxes(run, base=base or WEIGHTS, self_tracking=self_tracking, freeze=freeze)
    say_reached(reached, steps=steps, folder=folder)


@app.command("export")
def export(
    *,
    run: Annotated[Path, typer.Argument(help="Folder of a run.")],
    to: Annotated[Path, typer.Option(help="Folder for the weights.")],
    base: Annotated[
        Path | None,
        typer.Option(help="For a run of pocket-boxes: the folder of the base it was trained for."),
    ] = None,
) -> None:
    """Write a run's averaged weights in half precision.

    Example: boximator train export runs/pocket-base --to weights
    """
    from boximator.training.weights import export_run

    export_run(run, to=to, base=base)
    typer.echo(f"Weights are in {to}")


@app.command("report")
def report(*, run: Annotated[Path, typer.Argument(help="Folder of a run.")]) -> None:
    """Draw a run's curves and its previews at the end of each stage, into the run's folder.

    Example: boximator train report runs/pocket-boxes
    """
    from boximator.training.report import write_report

    for path in write_report(run):
        typer.echo(f"{path}")


def say_reached(reached: int, *, steps: int, folder: Path) -> None:
    """Say how far a training came; one that was stopped ends the command."""
    if reached < steps:
        typer.echo(f"Stopped at step {reached} of {steps}; the same command goes on from there. See {folder}")
        raise typer.Exit(130)
    typer.echo(f"Done: {steps} steps. See {folder}")
