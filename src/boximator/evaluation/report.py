"""Numbers -> the JSON that other tools read, a table for the terminal, a table for a README."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.table import Table

from boximator.evaluation.rows import ClipRow, Rows
from boximator.evaluation.suite import CONDITIONS, TRUTH
from boximator.evaluation.tally import tally
from boximator.scene.atomic import appearing

Report = dict[str, Any]
CEILING = "observer_ceiling"


def report(
    rows: list[Rows],
    *,
    suite: str,
    base: str,
    method: str,
    seed: int,
    steps: int,
    size: tuple[int, int],
    seconds: float,
) -> Report:
    """The report of a run over clips.

    ``observer_ceiling`` is what the observer makes of the true clips, with its own error (see
    `boximator.evaluation.tally.truth_metrics`). Intervals are 95% bootstrap intervals over clips.
    """
    conditions = {name: tally([row[name] for row in rows], seed=seed) for name in CONDITIONS}
    return {
        "suite": suite,
        "base": base,
        "method": method,
        "n": len(rows),
        "seed": seed,
        "steps": steps,
        "size": list(size),
        "conditions": conditions,
        CEILING: tally([row[TRUTH] for row in rows], seed=seed, truth=True),
        "gain": _gain(conditions),
        "seconds": round(seconds, 1),
        "seconds_per_clip": {name: _seconds([row[name] for row in rows]) for name in CONDITIONS},
    }


def _gain(conditions: dict[str, dict[str, Any]]) -> float | None:
    """map(box) / map(none): the ratio that the paper stresses."""
    without, with_boxes = conditions["none"]["map"], conditions["box"]["map"]
    return round(with_boxes / without, 3) if without and with_boxes is not None else None


def _seconds(rows: list[ClipRow]) -> float:
    return round(sum(row.seconds for row in rows) / max(len(rows), 1), 3)


def write_report(content: Report, path: Path) -> None:
    """Whole or not at all."""
    with appearing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def with_interval(numbers: dict[str, Any], *, name: str) -> str:
    """A number of a condition and its 95% interval, as it stands in a table."""
    value, span = numbers.get(name), numbers["ci"].get(name)
    if value is None:
        return "-"
    digits = 1 if name == "bg_psnr" else 3
    if span is None or None in span:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ({span[0]:.{digits}f}..{span[1]:.{digits}f})"


def _columns(content: Report) -> dict[str, dict[str, Any]]:
    ceiling = {"true clips": content[CEILING]} if CEILING in content else {}
    return {**content["conditions"], **ceiling}


def _lines(content: Report) -> list[tuple[str, list[str]]]:
    columns = _columns(content)
    names: list[str] = []
    for numbers in columns.values():
        names += [name for name in numbers if name != "ci" and name not in names]
    return [(name, [with_interval(numbers, name=name) for numbers in columns.values()]) for name in names]


def _title(content: Report) -> str:
    return (
        f"{content['suite']}, base {content['base']}, method {content['method']}, "
        f"{content['n']} clips, {content['steps']} steps, {content['seconds']:.0f} s"
    )


def table(content: Report) -> Table:
    """For the terminal: a column for each condition, value and 95% interval."""
    out = Table("metric", *_columns(content), title=_title(content))
    for name, cells in _lines(content):
        out.add_row(name, *cells)
    return out


def markdown(content: Report) -> str:
    """The same for a document."""
    heads = ["metric", *_columns(content)]
    rows = [[name, *cells] for name, cells in _lines(content)]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{_title(content)}\n"
