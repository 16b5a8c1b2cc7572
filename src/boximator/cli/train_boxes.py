"""`boximator train boxes` and `boximator train card`: an adapter for a diffusers base, and what its card says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from boximator.cli.size import pixels


def boxes(
    *,
    base: Annotated[str, typer.Option(help="Folder or hub id of a diffusers pipeline with safetensors.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where checkpoints, the curve and the adapter go.")
    ],
    revision: Annotated[str | None, typer.Option(help="Of the hub id: branch, tag or commit.")] = None,
    cache: Annotated[
        Path | None,
        typer.Option(help="Where encoded clips are kept, for other runs as well; by default OUT/cache."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Steps of the optimiser in all.")] = 10_000,
    batch: Annotated[int, typer.Option(min=1, help="Clips of a step, over all processes.")] = 8,
    micro: Annotated[
        int,
        typer.Option(min=1, help="Clips that a process takes at a time; the rest is accumulation."),
    ] = 1,
    clips: Annotated[int, typer.Option(min=1, help="Different clips of the world, encoded once.")] = 4096,
    data: Annotated[
        str | None,
        typer.Option(help="Folder or URL of a dataset of boximator annotate, instead of the world's clips."),
    ] = None,
    views: Annotated[int, typer.Option(min=1, help="With --data: random cuts of each clip.")] = 1,
    frames: Annotated[int, typer.Option(min=2, help="Of a video; snapped to what the base can make.")] = 16,
    size: Annotated[
        str, typer.Option(help="WIDTHxHEIGHT in pixels; snapped to what the base can make.")
    ] = "448x256",
    rate: Annotated[float, typer.Option(help="Learning rate of the first stage.")] = 2e-4,
    warmup: Annotated[int, typer.Option(min=0, help="Steps until it is reached.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides weights, clips, noise and times.")] = 0,
    bf16: Annotated[bool, typer.Option("--bf16", help="Hold the frozen base in bfloat16.")] = False,
    checkpointing: Annotated[
        bool, typer.Option(help="Compute the base's blocks twice to save memory, where it can.")
    ] = True,
    self_tracking: Annotated[
        bool, typer.Option(help="Draw the boxes on the target in the first two stages.")
    ] = True,
    save_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 500,
    log_every: Annotated[int, typer.Option(min=1, help="Steps between numbers.")] = 10,
) -> None:
    """Train a box adapter on a frozen diffusers base. The same command goes on with a run that was stopped.

    Example: boximator train boxes --base stabilityai/stable-video-diffusion-img2vid -o runs/svd --bf16
    --frames 14 --size 576x320

    On several GPUs: accelerate launch --num_processes 4 --multi_gpu -m boximator train boxes --base
    Wan-AI/Wan2.1-T2V-1.3B-Diffusers -o runs/wan --bf16 --frames 33 --size 832x480

    On your own videos: boximator train boxes --base runs/svd-base --data out/holiday -o runs/mine

    The adapter is then in OUT/adapter, with its model card. See docs/train-an-adapter.md.
    """
    from boximator.training.boxes.run import BoxesRun
    from boximator.training.boxes.train import train_on_base

    sides = pixels(size)
    run = BoxesRun(
        base=base,
        revision=revision,
        folder=out,
        cache=cache or out / "cache",
        steps=steps,
        batch=batch,
        micro=micro,
        clips=clips,
        data=data,
        views=views,
        frames=frames,
        size=(sides.height, sides.width),
        rate=rate,
        warmup=warmup,
        seed=seed,
        precision="bfloat16" if bf16 else "float32",
        checkpointing=checkpointing,
        self_tracking=self_tracking,
        save_every=save_every,
        log_every=log_every,
    )
    reached = train_on_base(run, tell=typer.echo)
    first = os.environ.get("RANK", "0") == "0"
    if reached < steps:
        if first:
            typer.echo(
                f"Stopped at step {reached} of {steps}; the same command goes on from there. See {out}"
            )
        raise typer.Exit(130)
    if first:
        typer.echo(f"Done: {steps} steps. The adapter is in {out / 'adapter'}")


def card(
    *,
    adapter: Annotated[Path, typer.Argument(help="Folder of an adapter.")],
    report: Annotated[
        Path | None, typer.Option(help="What boximator evaluate has written: its table goes into the card.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Of the adapter's weights, as the hub names it.")
    ] = None,
) -> None:
    """Write an adapter's model card anew, with an evaluation or another licence.

    Example: boximator train card runs/svd/adapter --report report.json
    """
    import json

    from boximator.control.card import CARD, update_card
    from boximator.evaluation.report import markdown
    from boximator.scene.problem import Problem

    table = None
    if report is not None:
        try:
            table = markdown(json.loads(report.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Problem(
                given=f"{report} is no report",
                wanted="The JSON that boximator evaluate writes",
                fix="Run boximator evaluate, and give the file that it names at the end",
            ) from error
    update_card(adapter, evaluation=table, licence=licence)
    typer.echo(f"{adapter / CARD}")
