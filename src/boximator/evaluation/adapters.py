"""Several adapters on the same clips, from the same noise, on the same frozen base."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from boximator.evaluation import pool
from boximator.evaluation.comparison import clip_rows
from boximator.evaluation.engines import ALONE, Chosen, generator
from boximator.evaluation.generator import Generator, Progress
from boximator.evaluation.rows import Ledger, Rows
from boximator.evaluation.suite import HeldOut, heldout_clip, seeds

Adapters = tuple[tuple[str, Path], ...]
"""Name and folder of each."""


@cache
def _makers(chosen: Chosen, adapters: Adapters) -> dict[str, Generator]:
    """Once per process. The base alone is the first adapter's, asked for no boxes."""
    made = {name: generator(replace(chosen, adapter=folder)) for name, folder in adapters}
    return made | {ALONE: made[adapters[0][0]]}


def measure(seed: int, *, chosen: Chosen, size: tuple[int, int], adapters: Adapters) -> tuple[int, Rows]:
    """See `pool.Task`."""
    pool.on_one_thread()
    return seed, clip_rows(heldout_clip(seed, size=size), makers=_makers(chosen, adapters))


def run(
    suite: HeldOut,
    *,
    chosen: Chosen,
    adapters: Adapters,
    workers: int,
    ledger: Ledger,
    progress: Progress,
) -> list[Rows]:
    """Measure every clip that the ledger does not have; 0 ``workers`` is this process alone."""
    if workers:
        task = partial(measure, adapters=adapters)
        return pool.run(suite, chosen=chosen, workers=workers, ledger=ledger, progress=progress, task=task)
    rows: list[Rows] = []
    progress(0, suite.clips)
    for seed, clip in seeds(suite):
        if seed not in ledger.done:
            ledger.add(seed, rows=clip_rows(clip, makers=_makers(chosen, adapters)))
        rows.append(ledger.done[seed])
        progress(len(rows), suite.clips)
    return rows
