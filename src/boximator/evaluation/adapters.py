"""Several adapters on the same clips, from the same noise, on the same frozen base."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from boximator.evaluation import pool, suite
from boximator.evaluation.comparison import clip_rows
from boximator.evaluation.engines import ALONE, Chosen, generator
from boximator.evaluation.generator import Generator, Progress
from boximator.evaluation.rows import Ledger, Rows
from boximator.evaluation.suite import HeldOut, heldout_clip

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
    heldout: HeldOut,
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
        return pool.run(heldout, chosen=chosen, workers=workers, ledger=ledger, progress=progress, task=task)
    here = partial(clip_rows, makers=_makers(chosen, adapters))
    return suite.run(heldout, measure=here, ledger=ledger, progress=progress)
