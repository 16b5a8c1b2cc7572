"""From videos to a dataset to a trained adapter that names its ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from films import film, moving
from orders import ran
from safetensors.torch import load_file
from tiny_folders import pipeline

from boximator.data.dataset.clips import Clips
from boximator.training.boxes import loop
from boximator.training.boxes.cache import Cache
from boximator.training.boxes.footage import Real, World, footage
from boximator.training.boxes.loop import Learner
from boximator.training.boxes.run import BoxesRun
from boximator.training.boxes.train import train_on_base
from boximator.training.boxes.waiting import Waiting
from boximator.training.curve import read_curve

STEPS = 20


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> BoxesRun:
    """Three films of which the annotated clips train a tiny SVD."""
    place = tmp_path_factory.mktemp("footage")
    for seed in range(3):
        film(place / f"in/{seed}.mp4", moving(24, seed=seed))
    ran(place / "in", place / "out")
    pipeline("svd").save_pretrained(place / "svd")
    return BoxesRun(
        base=str(place / "svd"),
        data=str(place / "out"),
        views=2,
        folder=place / "run",
        cache=place / "cache",
        steps=STEPS,
        batch=2,
        frames=3,
        size=(16, 16),
        warmup=2,
        save_every=10,
        log_every=1,
    )


def test_every_clip_and_view_comes_before_any_comes_again(run: BoxesRun) -> None:
    real = footage(run)
    assert isinstance(real, Real)
    count = len(real.clips)
    assert count == 9
    numbers = [real.place(number) for number in range(4 * count)]
    assert sorted(numbers[: 2 * count]) == list(range(2 * count))
    assert sorted(numbers[2 * count :]) == list(range(2 * count))


def test_a_clip_is_the_same_whenever_it_is_taken_and_views_differ(run: BoxesRun) -> None:
    real, again = footage(run), footage(run)
    for index in (0, 5):
        one, other = real.take(index), again.take(index)
        assert np.array_equal(one.frames, other.frames)
        assert np.array_equal(one.boxes, other.boxes)
        assert one.frames.shape == (3, 16, 16, 3)
    assert real.take(0).seed != real.take(9).seed
    assert real.recipe(0) != real.recipe(9)
    assert isinstance(footage(replace(run, data=None)), World)


def test_training_on_a_dataset_names_its_ledger_and_goes_on_exactly(run: BoxesRun) -> None:
    assert train_on_base(run, tell=lambda _: None) == STEPS
    config = json.loads((run.folder / "adapter/config.json").read_text(encoding="utf-8"))
    mark = Clips(str(run.data)).mark
    assert mark in config["facts"]["data"].values()
    assert mark in (run.folder / "adapter/README.md").read_text(encoding="utf-8")
    for checkpoint in run.folder.glob("step-*"):
        assert mark in (checkpoint / "config.json").read_text(encoding="utf-8")
    waited = [row["waiting"] for row in read_curve(run.folder / "curve.jsonl")]
    assert len(waited) == STEPS, "the share of time that is spent on waiting for data is told"
    broken = replace(run, folder=run.folder.parent / "broken")
    _until(broken, step=10)
    assert train_on_base(broken, tell=lambda _: None) == STEPS
    whole, mended = (load_file(next((one.folder / "adapter").glob("*.safetensors"))) for one in (run, broken))
    assert all(torch.equal(whole[name], mended[name]) for name in whole)


def test_the_share_of_waiting_is_told_as_it_was_measured(
    run: BoxesRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that only reading (1 s a clip) and learning (6 s a step of two clips) move."""
    now = [0.0]

    def passing(seconds: float, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any, **further: Any) -> Any:
            now[0] += seconds
            return call(*given, **further)

        return called

    monkeypatch.setattr(loop, "Waiting", lambda: Waiting(clock=lambda: now[0]))
    monkeypatch.setattr(Cache, "get", passing(1, Cache.get))
    monkeypatch.setattr(Learner, "_update", passing(6, Learner._update))  # pyright: ignore[reportPrivateUsage]
    said: list[str] = []
    short = replace(run, folder=run.folder.parent / "timed", steps=3, save_every=3)
    assert train_on_base(short, tell=said.append) == 3
    rows = read_curve(short.folder / "curve.jsonl")
    assert [row["waiting"] for row in rows] == [0.25] * 3
    assert [row["clips_per_second"] for row in rows] == [0.25] * 3
    assert sum("waiting 25.0%" in words for words in said) == 3, said
    # One more clip is read, when the run ends, to see what boxes change.
    assert "Waited for data 28.00% of the time (7.0 of 25.0 s)" in said


def _until(run: BoxesRun, *, step: int) -> None:
    """Leave a run as it is when it is killed after a checkpoint."""
    import shutil

    source = run.folder.parent / "run"
    [checkpoint] = [path for path in source.glob("*") if path.is_dir() and path.name.endswith(f"{step:06d}")]
    run.folder.mkdir()
    shutil.copytree(checkpoint, run.folder / checkpoint.name)
