from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from example_row import ROW
from rich.console import Console

from boximator.evaluation.report import markdown, report, table, write_report

FIELDS = {"map", "ap50", "ap75", "hard_iou", "soft_inside", "coverage", "bg_psnr", "trace_leak"}


def made() -> dict[str, Any]:
    rows = [{"none": ROW, "box": ROW, "truth": ROW}] * 2
    return report(
        rows,
        suite="world-heldout",
        base="pocket",
        method="adapter",
        seed=0,
        steps=20,
        size=(128, 128),
        seconds=3.0,
    )


def test_the_file_has_the_fields_that_other_tools_rely_on(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(made(), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert {
        "suite",
        "base",
        "method",
        "n",
        "seed",
        "steps",
        "conditions",
        "observer_ceiling",
        "seconds",
    } <= set(content)
    assert set(content["conditions"]) == {"none", "box"}
    assert content["n"] == 2
    for numbers in (*content["conditions"].values(), content["observer_ceiling"]):
        assert set(numbers) >= FIELDS
        for name in FIELDS:
            low, high = numbers["ci"][name]
            assert low <= numbers[name] <= high
    assert {"iou", "iou_shown", "found"} <= set(content["observer_ceiling"])


def test_tables_show_every_number_of_every_condition() -> None:
    words = io.StringIO()
    Console(file=words, width=200).print(table(made()))
    text = markdown(made())
    for name in FIELDS | {"iou"}:
        assert name in words.getvalue()
        assert f"| {name} | " in text
    assert "| metric | none | box | true clips |" in text
    assert "31.5 (31.5..31.5)" in text
