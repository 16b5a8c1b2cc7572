"""`boximator verify`: which marks a file carries, and what that means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def verify(
    file: Annotated[Path, typer.Argument(help="A video or a picture, from here or from anywhere.")],
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    videoseal: Annotated[
        Path | None, typer.Option(help="Also look for a watermark of VideoSeal, with this network.")
    ] = None,
) -> None:
    """Say what a file says about itself: label, watermark, metadata, signature.

    The kind of file is told by its first bytes, not by its name.

    Exit code 0: marked and intact (a layer may have been left out on purpose if the signed record says so). 4: marks
    are missing. 5: a mark says the file was changed, whether or not its pictures can still be decoded. 2: no picture
    and no video, or damaged and without a mark of ours; then --json prints nothing, and the reason is on standard
    error.

    Examples: boximator verify out/demo.mp4

    boximator verify download.mp4 --json
    """
    from json import dumps

    from boximator.provenance.verify import verify as verified

    answer = verified(file, videoseal=videoseal)
    if json:
        typer.echo(dumps(answer.content(), indent=2, ensure_ascii=False))
    else:
        for sentence in answer.sentences():
            typer.echo(sentence)
    raise typer.Exit(int(answer.verdict))
