"""`boximator annotate`: videos -> a dataset of clips with boxes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boximator.cli.refusal import tell
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    from boximator.annotate.slices import Slice
    from boximator.annotate.work import Executor
    from boximator.data.dataset.licences import Ledger, OptOut

SOME_UNUSED = 3
"""Exit code: the dataset is written, and some files are not in it."""

SHOWN = 40
"""Files that are named on the terminal; the report names all."""


def annotate(
    sources: Annotated[list[Path], typer.Argument(help="Videos, and folders of videos.", show_default=False)],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The dataset's folder.")],
    source: Annotated[str, typer.Option(help="Where all these videos are from (a name or URL).")] = "",
    licence: Annotated[str, typer.Option(help="What allows their use, such as CC-BY-4.0.")] = "",
    licences: Annotated[
        Path | None,
        typer.Option(help="CSV instead: video (a name or pattern), source, licence, attribution."),
    ] = None,
    exempt: Annotated[
        str, typer.Option(help="Who waives source and licence: this name is written into every clip.")
    ] = "",
    opt_out: Annotated[
        Path | None, typer.Option(help="List of names, patterns, sources or checksums that must not be in.")
    ] = None,
    captions: Annotated[
        str,
        typer.Option(
            help="none, beside (NAME.txt), a CSV (video, caption), or florence-2:FOLDER. Boxes are of what it names."
        ),
    ] = "none",
    detector: Annotated[
        str,
        typer.Option(
            help="ssdlite; or grounding-dino:, owlv2:, florence-2: and a folder or hub id; see docs/annotate.md."
        ),
    ] = "ssdlite",
    tracker: Annotated[
        str, typer.Option(help="norfair, which looks at boxes; or sam2: and a folder or hub id.")
    ] = "norfair",
    score: Annotated[float, typer.Option(min=0, max=1, help="Least score of a detection.")] = 0.4,
    frames: Annotated[int, typer.Option(min=2, max=512, help="Frames of a clip.")] = 16,
    fps: Annotated[float, typer.Option(min=0.01, max=240, help="Frames a second of a clip.")] = 4.0,
    side: Annotated[int, typer.Option(min=32, help="Pixels of the shorter edge, at most.")] = 256,
    motion: Annotated[
        float, typer.Option(min=0, max=1, help="Least share of the picture that changes in a clip.")
    ] = 0.01,
    boxless: Annotated[
        bool, typer.Option("--boxless", help="Keep clips in which nothing is found, too.")
    ] = False,
    clips: Annotated[int, typer.Option(min=0, help="Most clips of one video; 0: all.")] = 0,
    longest: Annotated[float, typer.Option(min=1, help="Seconds that one file may last.")] = 7200.0,
    heldout: Annotated[float, typer.Option(min=0, max=1, help="Share of videos kept from training.")] = 0.05,
    per_shard: Annotated[int, typer.Option(min=1, help="Clips in a tar.")] = 500,
    executor: Annotated[
        Literal["local", "ray", "slice"],
        typer.Option(help="Processes here; Ray, here or on a cluster; or one share for a batch scheduler."),
    ] = "local",
    workers: Annotated[
        int | None, typer.Option(min=0, help="Processes; one a core by default; 0: this one alone.")
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="With --executor ray: the cluster's address; none: a Ray of its own.")
    ] = None,
    gpus: Annotated[float, typer.Option(min=0, help="With --executor ray: GPUs of each worker.")] = 0.0,
    share: Annotated[
        str | None, typer.Option("--slice", help="With --executor slice: this job of how many, 2/8.")
    ] = None,
    tries: Annotated[int, typer.Option(min=1, help="After so many a video is quarantined.")] = 3,
    patience: Annotated[float, typer.Option(min=1, help="Seconds that one video may take.")] = 3600.0,
    again: Annotated[
        bool, typer.Option("--again", help="Try quarantined and refused files once more.")
    ] = False,
) -> None:
    """Make a dataset of videos: shots, moving clips, things in them, their boxes through all frames.

    The same command goes on with a run that was stopped, and skips what is done. Every file that could not be used is
    named with its reason; the exit code is then 3.

    Example: boximator annotate holiday/ -o out/holiday --source "my camera" --licence CC-BY-4.0

    With sentences, and a table of licences: boximator annotate films/ -o out/films --licences films.csv --captions
    beside

    On a batch scheduler: boximator annotate films/ -o out/films --exempt me --executor slice --slice 2/8

    On a Ray cluster: boximator annotate films/ -o out/films --exempt me --executor ray --ray-address 10.0.0.1:6379
    """
    from boximator.annotate.captions import read_captions
    from boximator.annotate.detectors import check_detector
    from boximator.annotate.run import Annotation
    from boximator.annotate.run import annotate as run
    from boximator.annotate.settings import Settings
    from boximator.annotate.sources import check_given
    from boximator.annotate.trackers import check_tracker

    check_given(sources)
    check_tracker(tracker)
    settings = Settings(
        frames=frames, fps=fps, side=side, motion=motion, detector=detector, tracker=tracker, score=score,
        boxless=boxless, clips=clips, longest=longest, heldout=heldout,
    )  # fmt: skip
    order = Annotation(
        given=tuple(sources),
        output=output,
        settings=settings,
        licences=_licences(source, licence, exempt=exempt, table=licences),
        opt_out=_opt_out(opt_out),
        captions=read_captions(captions),
        executor=_executor(executor, workers=workers, patience=patience, gpus=gpus),
        tries=tries,
        again=again,
        per_shard=per_shard,
        slice=_slice(executor, share),
    )
    check_detector(detector)  # last: it may ask for a download
    with _place(executor, address=ray_address, workers=workers), _bar() as progress:
        made = run(order, progress=progress)
    lines = made.lines()
    for line in lines[:SHOWN]:
        tell(line)
    if len(lines) > SHOWN:
        tell(f"and {len(lines) - SHOWN} more")
    typer.echo(f"{output}: {made.clips} clips; all is told in {order.shelf.report}")
    if made.unused:
        raise typer.Exit(SOME_UNUSED)


def _licences(source: str, licence: str, *, exempt: str, table: Path | None) -> Ledger:
    from boximator.data.dataset.licences import Permission, read_ledger

    default = Permission(source=source, licence=licence, exempt=exempt)
    if table is None and not default.enough:
        raise Problem(
            given="Nothing says where the videos are from and what allows their use",
            wanted="Every clip has a source and a licence, since others will learn from it",
            fix="Give --source and --licence, or --licences CSV, or name who waives it: --exempt NAME",
        )
    return read_ledger(table, default=default)


def _opt_out(path: Path | None) -> OptOut:
    from boximator.data.dataset.licences import OptOut, read_opt_out

    if path is None:
        return OptOut()
    try:
        return read_opt_out(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(
            given=f"{path} cannot be read ({error})",
            wanted="A text with one entry a line",
            fix="Correct --opt-out",
        ) from error


def _executor(kind: str, *, workers: int | None, patience: float, gpus: float) -> Executor:
    from boximator.annotate.executors.here import Here
    from boximator.annotate.executors.local import Local
    from boximator.annotate.executors.ray_data import RayData

    if kind == "ray":
        return RayData(workers=workers or None, patience=patience, gpus=gpus)
    if workers == 0:
        return Here()
    return Local(patience=patience) if workers is None else Local(workers=workers, patience=patience)


def _place(kind: str, *, address: str | None, workers: int | None) -> AbstractContextManager[None]:
    """What must be there as long as the executor works."""
    from boximator.annotate.executors.ray_data import connected

    if kind == "ray":
        return connected(address, workers=workers)
    if address is not None:
        raise Problem(
            given=f"--executor {kind} with --ray-address {address}",
            wanted="An address is of --executor ray",
            fix="Write --executor ray, or leave --ray-address out",
        )
    return nullcontext()


def _slice(executor: str, given: str | None) -> Slice:
    from boximator.annotate.slices import Slice, read_slice

    if (executor == "slice") != (given is not None):
        raise Problem(
            given=f"--executor {executor} {'without' if given is None else f'with --slice {given}'}",
            wanted="--executor slice and --slice I/N go together",
            fix="Write --executor slice --slice 2/8",
        )
    return Slice() if given is None else read_slice(given)


@contextmanager
def _bar() -> Generator[Callable[[int, int, int], None]]:
    """Videos, the time that is left, clips a second."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[clips]} clips, {task.fields[rate]:.1f}/s")
    columns = (
        TextColumn("videos"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        rate,
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        row = bar.add_task("videos", total=None, clips=0, rate=0.0)

        def show(done: int, total: int, clips: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(
                row, completed=done, total=total, clips=clips, rate=clips / elapsed if elapsed else 0.0
            )

        yield show
