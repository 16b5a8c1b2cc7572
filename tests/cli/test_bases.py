from __future__ import annotations

import json
import subprocess
import sys

from typer.testing import CliRunner

from boximator.cli.app import app

KEYS = (
    *("family", "model", "status", "reason", "blocks", "widths"),
    *("base_params", "adapter_params", "flops_ratio"),
)


def test_json_has_the_keys_that_other_tools_rely_on() -> None:
    done = CliRunner().invoke(app, ["bases", "--json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)["bases"]
    assert all(set(KEYS) <= set(row) for row in rows)
    works = [row for row in rows if row["status"] == "works"]
    refused = [row for row in rows if row["status"] == "refused"]
    assert len(works) + len(refused) == len(rows)
    assert {"pocket", "svd", "animatediff", "cogvideox", "ltx", "wan", "hunyuanvideo"} <= {
        row["family"] for row in works
    }
    assert all(row["reason"] is None and 1 < row["flops_ratio"] <= 1.15 for row in works)
    assert all(row["reason"] and row["flops_ratio"] is None for row in refused)


def test_the_table_names_every_model_and_every_reason() -> None:
    shown = CliRunner().invoke(app, ["bases"]).stdout
    for row in json.loads(CliRunner().invoke(app, ["bases", "--json"]).stdout)["bases"]:
        assert row["model"] in shown
        assert (row["reason"] or "") in shown


def test_it_needs_no_torch() -> None:
    code = (
        "import sys; from boximator.cli.app import app; app(['bases'], standalone_mode=False); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_model_that_is_not_published_is_a_problem_in_words() -> None:
    done = CliRunner().invoke(app, ["bases", "--recount", "nothing"])
    assert done.exit_code == 2
    assert "Wan2.2 TI2V-5B" in done.output


def test_other_sizes_are_counted_for_the_models_that_are_named() -> None:
    done = CliRunner().invoke(app, ["bases", "--sizes", "pocket", "--json"])
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)["bases"]
    ratios = {size["size"]: size["flops_ratio"] for size in row["sizes"]}
    assert row["model"] == "pocket"
    assert 1 < ratios["every 3rd block"] < ratios["every 2nd block"] < ratios["every block"]
    shown = CliRunner().invoke(app, ["bases", "--sizes", "pocket"]).stdout
    assert all(name in shown for name in ratios)
    assert [CliRunner().invoke(app, ["bases", "--sizes", part]).exit_code for part in ("nothing", "")] == [
        2,
        2,
    ]
