from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from boximator.evaluation import pool, suite
from boximator.evaluation.engines import Chosen, generator
from boximator.evaluation.rows import Ledger, Rows
from boximator.evaluation.suite import HeldOut

CHOSEN = Chosen(base="pocket", method="adapter", steps=1)


def timeless(rows: list[Rows]) -> list[Rows]:
    return [{name: replace(row, seconds=0.0) for name, row in clip.items()} for clip in rows]


def test_other_processes_measure_the_same(tmp_path: Path) -> None:
    asked = HeldOut(clips=1)
    seen: list[tuple[int, int]] = []
    theirs = pool.run(
        asked,
        chosen=CHOSEN,
        workers=1,
        ledger=Ledger(tmp_path / "theirs.jsonl", run={}),
        progress=lambda done, total: seen.append((done, total)),
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    ours = suite.run(
        asked,
        measure=partial(suite.clip_rows, generator=generator(CHOSEN)),
        ledger=Ledger(tmp_path / "ours.jsonl", run={}),
        progress=lambda done, total: None,
    )
    torch.set_num_threads(threads)
    assert timeless(theirs) == timeless(ours)
    assert seen == [(0, 1), (1, 1)]


def test_what_the_ledger_has_is_not_measured_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "rows.jsonl", run={})
    ((seed, _),) = suite.seeds(HeldOut(clips=1))
    ledger.add(seed, rows={})
    rows = pool.run(
        HeldOut(clips=1), chosen=CHOSEN, workers=1, ledger=ledger, progress=lambda done, total: None
    )
    assert rows == [{}]
