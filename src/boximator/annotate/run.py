"""A whole run: find videos, ask who allowed them, annotate what is not done, pack, write the index and the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from boximator.annotate.captions import Captions
from boximator.annotate.executors.local import Local
from boximator.annotate.ledger import VideoLedger
from boximator.annotate.packing import Shelf, pack, tidy, write_rows
from boximator.annotate.report import Report, report
from boximator.annotate.settings import Settings
from boximator.annotate.slices import Slice
from boximator.annotate.sources import Found, sources
from boximator.annotate.work import Done, Executor, Failed, Job, Outcome, Work
from boximator.data.dataset.licences import OPT_OUT, Ledger, OptOut
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem

Progress = Callable[[int, int, int], None]
"""Is told: videos ended, videos in all, clips so far (of this run)."""

TOGETHER = 0.5
"""Seconds of work that go into the ledger at once: a run that is killed repeats so much."""

AT_ONCE = 10_000
"""Videos that are handed out before those that failed come again: clips wait for them to be packed."""


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What is to be done.

    Attributes:
        given: files and folders.
        output: the dataset's folder.
        licences: who allowed which video.
        opt_out: what must not be in.
        tries: after so many a video is quarantined.
        again: try those that are quarantined or refused once more.
        slice: which share of the videos this job takes.
    """

    given: tuple[Path, ...]
    output: Path
    settings: Settings = field(default_factory=Settings)
    licences: Ledger = field(default_factory=Ledger)
    opt_out: OptOut = field(default_factory=OptOut)
    captions: Captions = field(default_factory=Captions)
    executor: Executor = field(default_factory=Local)
    tries: int = 3
    again: bool = False
    per_shard: int = 500
    slice: Slice = field(default_factory=Slice)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.output, per_shard=self.per_shard, slice=self.slice.name)


def annotate(order: Annotation, *, progress: Progress) -> Report:
    """Annotate all that is not done yet; the same call goes on with a run that was stopped, however that was.

    Raises:
        Problem: the folder cannot be written, holds another dataset, or is being written by another run.
    """
    began, shelf = time.perf_counter(), order.shelf
    _made(shelf.parts)
    with VideoLedger(shelf.ledger, settings=order.settings.told()) as ledger:
        tidy(shelf, ledger=ledger)
        if order.again:
            ledger.again()
        _noted(order, ledger=ledger)
        try:
            _annotated(order, ledger=ledger, progress=progress)
        finally:  # also after Ctrl-C: what is done can be used
            pack(shelf, ledger=ledger, all_of_them=False)
        pack(shelf, ledger=ledger, all_of_them=True)
        tidy(shelf, ledger=ledger)
        write_rows(shelf, ledger=ledger)
        if order.opt_out.lines:
            with appearing(order.output / OPT_OUT) as partial:
                partial.write_text("\n".join(order.opt_out.lines) + "\n", encoding="utf-8")
        made = report(ledger, settings=order.settings, seconds=time.perf_counter() - began)
        made.write(shelf.report)
    return made


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(
            given=f"The folder {folder} cannot be made ({error.strerror})",
            wanted="A folder for the dataset",
            fix="Choose another place (-o)",
        ) from error


def _noted(order: Annotation, *, ledger: VideoLedger) -> None:
    """Every file into the ledger, a thousand at a time; those that may not be used with the reason."""
    found = (one for one in sources(order.given) if order.slice.takes(one.path))
    while some := list(islice(found, 1000)):
        with ledger.together():
            ledger.add(one.path for one in some if not (why := _refused(order, one)))
            for one in some:
                if why := _refused(order, one):
                    ledger.refuse(one.path, reason=why)


def _refused(order: Annotation, found: Found) -> str:
    """Why a file may not be used; empty if it may."""
    if found.reason:
        return found.reason
    path = Path(found.path)
    allowed = order.licences.of(path)
    if not allowed.enough:
        return f"No source and licence are given for {path}."
    if order.opt_out.names(allowed.source, found.path, path.name):
        return f"{path} is on the opt-out list."
    return ""


def _annotated(order: Annotation, *, ledger: VideoLedger, progress: Progress) -> None:
    """Passes over what waits, until nothing does: a video that failed comes again in the next."""
    total, ended, clips = ledger.count("waiting"), 0, 0
    progress(0, total, 0)
    work = Work(settings=order.settings, captions=order.captions, folder=order.shelf.parts)
    while ledger.count("waiting"):
        outcomes = order.executor.run(islice(_jobs(order, ledger=ledger), AT_ONCE), work=work)
        for some in _gathered(outcomes):
            with ledger.together():
                for job, outcome in some:
                    over = _entered(job, outcome, order=order, ledger=ledger)
                    ended += over
                    clips += len(outcome.rows) if isinstance(outcome, Done) else 0
            pack(order.shelf, ledger=ledger, all_of_them=False)
            progress(ended, total, clips)


def _jobs(order: Annotation, *, ledger: VideoLedger) -> Iterator[Job]:
    last = 0
    while some := ledger.waiting(after=last):
        for video in some:
            yield Job(id=video.id, path=video.path, permission=order.licences.of(Path(video.path)))
        last = some[-1].id


def _gathered(outcomes: Iterator[tuple[Job, Outcome]]) -> Iterator[list[tuple[Job, Outcome]]]:
    """What came within a moment, together."""
    some: list[tuple[Job, Outcome]] = []
    began = time.monotonic()
    for one in outcomes:
        some.append(one)
        if time.monotonic() - began > TOGETHER:
            yield some
            some, began = [], time.monotonic()
    if some:
        yield some


def _entered(job: Job, outcome: Outcome, *, order: Annotation, ledger: VideoLedger) -> bool:
    """Into the ledger; whether the video has come to an end."""
    if isinstance(outcome, Done):
        opted = order.opt_out.names(outcome.sha256)
        if opted:
            ledger.refuse(job.path, reason=f"{job.path} is on the opt-out list by its checksum.")
        if opted or not ledger.done(job.id, outcome):
            (order.shelf.parts / (outcome.part or "-")).unlink(missing_ok=True)
        return True
    if outcome.fatal:
        raise _full(order, outcome)
    return ledger.failed(job.id, outcome, tries=order.tries)


def _full(order: Annotation, failed: Failed) -> Problem:
    return Problem(
        given=f"{order.output} takes no more: {failed.reason}",
        wanted="A disk with room for the dataset",
        fix="Free some space and run the same command again: what is done is kept, and it goes on from there",
    )
