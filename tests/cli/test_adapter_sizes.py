from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pocket_stand_ins import Words, tiny_pocket
from typer.testing import CliRunner, Result

from boximator.cli.adapter_sizes import COLUMNS, LESS, adapter_sizes
from boximator.cli.app import app
from boximator.control.adapter import BoxAdapter
from boximator.data import stream
from boximator.evaluation import suite, tally
from boximator.evaluation.bootstrap import interval
from boximator.evaluation.suite import HeldOut, heldout_clip
from boximator.pocket import pipeline
from boximator.pocket.base import save
from boximator.training import preview
from boximator.training.preview import preview_batch
from boximator.world.clip import Clip


def sizes(folder: Path, *more: str) -> Result:
    words = ["train", "sizes", "--steps", "1", "--n", "1", "--base", str(folder / "base")]
    places = ["--folder", str(folder / "runs"), "--workers", "0", "--threads", "1", "--size", "64"]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [*words, *places, *more])


def one_object(asked: HeldOut) -> Iterator[tuple[int, Clip]]:
    assert asked.clips == 1
    yield 1, heldout_clip(1, size=asked.size)


def test_sizes_are_trained_alike_and_measured_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tiny_pocket(), folder=tmp_path / "base")
    for module in (stream, preview, pipeline):
        monkeypatch.setattr(module, "TextEncoder", Words)
    monkeypatch.setattr(preview, "preview_batch", lambda: preview_batch(rows=1))
    monkeypatch.setattr(suite, "seeds", one_object)
    monkeypatch.setattr(tally, "interval", partial(interval, resamples=20))
    result = sizes(tmp_path, "--only", "boxes-only,second-block")
    assert result.exit_code == 0, result.output
    content = json.loads((tmp_path / "runs/sizes.json").read_text(encoding="utf-8"))
    assert list(content["methods"]) == ["none", "boxes-only", "second-block"]
    ratios = [content["methods"][name]["flops_ratio"] for name in ("boxes-only", "second-block")]
    assert ratios[0] > ratios[1] > 1
    less = content["methods"]["second-block"][LESS]
    assert set(less) == {*COLUMNS, "ci"}
    assert LESS not in content["methods"]["boxes-only"]
    folder = tmp_path / "runs/second-block/weights/adapter"
    assert len(BoxAdapter.from_pretrained(folder).address.blocks) == 1  # of two
    assert "every 2nd block" in result.output
    kept = (tmp_path / "runs/boxes-only+second-block.clips.jsonl").read_bytes()
    assert sizes(tmp_path, "--only", "boxes-only,second-block").exit_code == 0
    assert (tmp_path / "runs/boxes-only+second-block.clips.jsonl").read_bytes() == kept, (
        "nothing is measured twice"
    )


def test_the_sizes_differ_in_their_size_only() -> None:
    shipped = adapter_sizes()["boxes-only"]
    assert all((other.coverage, other.token_dim) == (True, 256) for other in adapter_sizes().values())
    assert list(adapter_sizes().values()).count(shipped) == 1


def test_an_unknown_size_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    result = sizes(tmp_path, "--only", "huge")
    assert result.exit_code == 2
    assert "pooled-keys" in " ".join(result.output.split())
    assert list(tmp_path.iterdir()) == []
