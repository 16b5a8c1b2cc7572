"""The contest: every entry trained for the same time, then judged on the same held-out clips."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import torch

from boximator.pocket.text import TextEncoder
from boximator.training.contest.chart import write_chart
from boximator.training.contest.entries import ENTRIES, Entry
from boximator.training.contest.judge import Verdict, judge
from boximator.training.contest.prepare import Prepared, prepare
from boximator.training.contest.sheet import strip, write_sheet
from boximator.training.contest.state import channels
from boximator.training.contest.tally import Tally, tally
from boximator.training.contest.terms import Terms, Told, agree, write_json
from boximator.training.contest.trial import trials

PICTURED = 8
"""Clips on an entry's sheet."""

TABLE, CHART, SHEET, MEASURED = "table.json", "chart.png", "sheet.png", "measured.json"


def contest(terms: Terms, *, entries: tuple[Entry, ...], told: Told, text: TextEncoder) -> dict[str, Any]:
    """Train and judge what is not yet done; write a table, a chart, and a sheet for each entry.

    Entries that were judged before in the same folder and in the same way stay in the table, which is returned.

    Raises:
        Problem: the folder holds a contest on other terms.
    """
    torch.set_num_threads(terms.threads)
    terms.folder.mkdir(parents=True, exist_ok=True)
    agree(terms)
    for entry in entries:
        if _measured(entry, terms=terms) is None:
            prepared = prepare(entry, terms=terms, told=told)
            told(f"{entry.name}: judged on {terms.clips} held-out clips")
            _judge(entry, prepared=prepared, terms=terms, text=text)
    return _table(terms)


def _measured(entry: Entry, *, terms: Terms) -> dict[str, Any] | None:
    """An entry's numbers, if it has been judged as the terms say."""
    path = terms.folder / entry.name / MEASURED
    if not path.is_file():
        return None
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return known if known["judging"] == terms.judging else None


def _judge(entry: Entry, *, prepared: Prepared, terms: Terms, text: TextEncoder) -> None:
    """Write an entry's sheet and numbers."""
    verdicts: list[Verdict] = []
    strips: list[Any] = []
    for trial in trials(prepared.base, state=prepared.state, clips=terms.clips, steps=terms.steps, text=text):
        verdicts.append(judge(trial))
        if len(strips) < PICTURED:
            strips.append(strip(trial))
    folder = terms.folder / entry.name
    title = f"{entry.name} after {terms.seconds / 60:.3g} minutes"
    write_sheet(strips, folder / SHEET, title=title)
    numbers = {
        "words": entry.words,
        "judging": terms.judging,
        "channels": channels(prepared.state),
        "parameters": sum(p.numel() for p in prepared.base.parameters()),
        "spent": {part: asdict(spent) for part, spent in prepared.spent.items()},
        "numbers": tally(verdicts),
        "by_clip": [asdict(verdict) for verdict in verdicts],
    }
    write_json(folder / MEASURED, content=numbers)


def _table(terms: Terms) -> dict[str, Any]:
    """The numbers of all entries judged so far, in their order; the chart beside it."""
    known = {entry.name: _measured(entry, terms=terms) for entry in ENTRIES}
    rows = {
        name: {key: value for key, value in found.items() if key not in {"by_clip", "judging"}}
        for name, found in known.items()
        if found is not None
    }
    tallies: dict[str, Tally] = {name: row["numbers"] for name, row in rows.items()}
    write_chart(tallies, terms.folder / CHART)
    table = {"terms": terms.training, "judging": terms.judging, "entries": rows}
    write_json(terms.folder / TABLE, content=table)
    return table
