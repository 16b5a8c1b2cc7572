"""`boximator`: where the verbs are put together.

A verb module is imported here, so it must import heavy libraries (torch, av, ...) inside its functions only;
a test sees to it that `boximator --help` stays without torch.
"""

from __future__ import annotations

from typing import Annotated

import typer

import boximator
from boximator.cli import (
    ablations,
    adapter_sizes,
    animate,
    annotate,
    bases,
    bench,
    contest,
    convert,
    data,
    evaluate,
    scene,
    studio,
    train,
    train_boxes,
    verify,
    world,
)
from boximator.cli.refusal import Verbs
from boximator.cli.start import main

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Draw boxes and paths on a picture, get a video that obeys them.",
)
app.command("animate")(animate.animate)
app.command("studio")(studio.studio)
app.command("convert")(convert.convert)
app.command("annotate")(annotate.annotate)
app.add_typer(data.app, name="data")
app.add_typer(scene.app, name="scene")
app.add_typer(world.app, name="world")
train.app.command("ablations")(ablations.ablations)
train.app.command("sizes")(adapter_sizes.sizes)
train.app.command("contest")(contest.contest)
train.app.command("boxes")(train_boxes.boxes)
train.app.command("card")(train_boxes.card)
app.add_typer(train.app, name="train")
app.command("evaluate")(evaluate.evaluate)
app.command("bench")(bench.bench)
app.command("verify")(verify.verify)
app.command("bases")(bases.bases)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"boximator {boximator.__version__}")
        raise typer.Exit


@app.callback()
def verbs(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Draw boxes and paths on a picture, get a video that obeys them.

    Example: boximator scene check examples/demo.json
    """


if __name__ == "__main__":
    main()
