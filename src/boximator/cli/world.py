"""`boximator world`: look at the clips that the weights learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Procedural clips with exact boxes, motion and captions.")


@app.command("sheet")
def sheet(
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG to write.")] = Path("out/world.png"),
    clips: Annotated[int, typer.Option(min=1, max=64)] = 12,
    seed: Annotated[int, typer.Option(help="Seed of the first clip.")] = 0,
    heldout: Annotated[bool, typer.Option(help="Show the split that no training sees.")] = False,
    size: Annotated[int, typer.Option(min=64, max=512, help="Pixels along a side.")] = 192,
) -> None:
    """Contact sheet: five frames a clip with their boxes, and its caption.

    Example: boximator world sheet -o out/world.png
    """
    from boximator.world.make import make_clip
    from boximator.world.sheet import contact_sheet, save_sheet

    made = [
        make_clip(seed + i, split="heldout" if heldout else "train", size=(size, size)) for i in range(clips)
    ]
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
