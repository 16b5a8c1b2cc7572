"""`boximator convert`: tracks and boxes of other tools, in and out."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Annotated

import typer

from boximator.cli.refusal import tell
from boximator.cli.size import pixels


def _list_formats(wanted: bool) -> None:
    if not wanted:
        return
    from boximator.convert import formats

    for one in formats():
        ways = "read, written" if one.read is not None else "written"
        typer.echo(f"{one.name:13} {one.title:38} {one.form:9} {ways}")
    raise typer.Exit


def convert(
    given: Annotated[
        Path,
        typer.Argument(metavar="IN", help="A scene, or another tool's file or folder.", show_default=False),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What to write.", show_default=False)],
    *,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FORMAT", help="What IN is; found out if left away.")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="What OUT is to be; by its name if left away."),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="WIDTHxHEIGHT", help="Pixels, where IN does not tell them, and of OUT."),
    ] = None,
    fps: Annotated[int | None, typer.Option(min=1, max=120, help="Frames per second of the scene.")] = None,
    frames: Annotated[int | None, typer.Option(min=2, max=10_000, help="Stretch to so many frames.")] = None,
    picture: Annotated[Path | None, typer.Option(help="The first frame, where IN has none.")] = None,
    prompt: Annotated[str | None, typer.Option(help="What happens, where IN does not tell.")] = None,
    tolerance: Annotated[
        float,
        typer.Option(min=0.0, max=1000.0, help="Pixels: of a box on every frame the few are kept that do."),
    ] = 1.0,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    formats: Annotated[
        bool,
        typer.Option("--formats", callback=_list_formats, is_eager=True, help="List all formats, and end."),
    ] = False,
) -> None:
    """Convert boxes between a scene and the formats of other tools; say what is lost.

    Examples:

    boximator convert annotations.xml scene.json --picture first.jpg

    boximator convert MOT17-04/ scene.json --tolerance 2

    boximator convert scene.json wan/ --to wan-move --frames 81 --size 832x480

    boximator convert scene.json boxes.mp4 --to vace --size 832x480
    """
    from boximator.convert import Wish
    from boximator.convert import convert as converted

    wish = Wish(
        source=source,
        target=target,
        size=None if size is None else astuple(pixels(size)),
        fps=fps,
        frames=frames,
        picture=picture,
        prompt=prompt,
        tolerance=tolerance,
        force=force,
    )
    done = converted(given, out, wish)
    for note in done.notes:
        tell(note)
    for path in done.files:
        typer.echo(f"{done.source.name} -> {done.target.name}: {path}")
