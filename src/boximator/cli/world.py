"""`boximator world`: clips with exact boxes, written as shards or looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from boximator.cli.evaluate import bar
from boximator.cli.size import pixels
from boximator.scene.problem import Problem

app = typer.Typer(invoke_without_command=True, help="Procedural clips with exact boxes, motion and captions.")

Kind = Annotated[
    Literal["sprites", "bodies"],
    typer.Option(help="Flat cut-outs over photographs, or 3-D bodies (needs the extra bodies)."),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the first clip; the others follow.")]
Split = Annotated[Literal["train", "heldout"], typer.Option(help="What training may see, or may not.")]


@app.callback(invoke_without_command=True)
def world(
    context: typer.Context,
    *,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder for the shards.")] = None,
    clips: Annotated[int, typer.Option(min=1, help="How many.")] = 1000,
    seed: Seed = 0,
    split: Split = "train",
    kind: Kind = "sprites",
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels.")] = "128x128",
    frames: Annotated[int, typer.Option(min=2, max=64, help="Frames in a clip.")] = 16,
    shard: Annotated[int, typer.Option(min=1, help="Clips in a file.")] = 100,
    pictures: Annotated[
        bool, typer.Option(help="Frames as PNG, each pixel as it was made, instead of MP4.")
    ] = False,
) -> None:
    """Write clips as WebDataset-style tar shards. Stopped, the same command goes on; same options, same bytes.

    Example: boximator world -o out/shards --clips 500 --split train
    """
    if context.invoked_subcommand is not None:
        _nothing_given(context)
        return
    if output is None:
        raise Problem(
            given="No folder for the shards",
            wanted="A place for the clips",
            fix="Write boximator world -o out/shards, or see boximator world --help",
        )
    from boximator.data.shards import Order, write_shards

    sides = pixels(size, least=32, most=1024, example="192x128")
    order = Order(
        kind=kind,
        split=split,
        seed=seed,
        clips=clips,
        per_shard=shard,
        height=sides.height,
        width=sides.width,
        frames=frames,
        encoding="png" if pictures else "mp4",
    )
    with bar("clips") as progress:
        paths = write_shards(order, folder=output, progress=progress)
    typer.echo(f"{output}: {clips} clips in {len(paths)} shards, {paths[0].name} to {paths[-1].name}")


def _nothing_given(context: typer.Context) -> None:
    """Options before a subcommand are those of the shards: it would not see them."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise Problem(
                given=f"--{name} before {context.invoked_subcommand}",
                wanted=f"The options of {context.invoked_subcommand} come after it",
                fix=f"Write boximator world {context.invoked_subcommand} --{name} ...",
            )


@app.command("sheet")
def sheet(
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG to write.")] = Path("out/world.png"),
    clips: Annotated[int, typer.Option(min=1, max=64)] = 12,
    seed: Seed = 0,
    kind: Kind = "sprites",
    heldout: Annotated[bool, typer.Option(help="Show the split that no training sees.")] = False,
    size: Annotated[int, typer.Option(min=64, max=512, help="Pixels along a side.")] = 192,
) -> None:
    """Contact sheet: five frames a clip with their boxes, and its caption.

    Example: boximator world sheet -o out/world.png
    """
    from boximator.data.sample import make_sample
    from boximator.world.sheet import contact_sheet, save_sheet

    split = "heldout" if heldout else "train"
    made = [make_sample(kind, seed + i, split=split, size=(size, size), frames=16) for i in range(clips)]
    save_sheet(contact_sheet(made), output)
    for clip in made:
        typer.echo(f"{clip.seed}: {clip.caption}")
    typer.echo(f"Sheet: {output}")


@app.command("speed")
def speed(clips: Annotated[int, typer.Option(min=8)] = 64) -> None:
    """Clips per second of one process, as training makes them. Example: boximator world speed"""
    import time

    from boximator.data.example import FLOW_STRIDE
    from boximator.world.make import make_clip

    make_clip(0, split="train", stride=FLOW_STRIDE)
    began = time.perf_counter()
    for seed in range(clips):
        make_clip(seed, split="train", stride=FLOW_STRIDE)
    typer.echo(f"{clips / (time.perf_counter() - began):.1f} clips a second, 16 frames of 128x128 each")
