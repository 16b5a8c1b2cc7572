"""Twenty steps on tiny folders: two processes, killed and started again, and one process, end alike."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tiny_folders import pipeline
from torch import Tensor

from boximator.control.adapter import BoxAdapter
from boximator.scene.problem import Problem
from boximator.training.boxes.run import BoxesRun
from boximator.training.boxes.train import train_on_base
from boximator.training.checkpoint import checkpoints
from boximator.training.curve import read_curve

STEPS, SAVED = 20, 5
FRAMES = {"svd": 3, "wan21_i2v": 9}
SIDE = 16


def tiny_run(place: Path, name: str, *, folder: str) -> BoxesRun:
    return BoxesRun(
        base=str(place / name),
        folder=place / folder,
        cache=place / f"{name}-cache",
        steps=STEPS,
        batch=2,
        clips=3,
        frames=FRAMES[name],
        size=(SIDE, SIDE),
        rate=1e-3,
        warmup=2,
        save_every=SAVED,
        log_every=1,
    )


@pytest.fixture(scope="module", params=["svd", "wan21_i2v"])
def alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A run in one process, which fills the cache that the others read."""
    place = tmp_path_factory.mktemp("training")
    name: str = request.param
    pipeline(name).save_pretrained(place / name)
    said: list[str] = []
    assert train_on_base(tiny_run(place, name, folder="alone"), tell=said.append) == STEPS
    assert any("Encoding 3 clips" in words for words in said)
    return place, name


def command(run: BoxesRun) -> list[str]:
    """`boximator train boxes` with the run's settings."""
    told = {
        "base": run.base, "out": run.folder, "cache": run.cache, "steps": run.steps, "batch": run.batch,
        "clips": run.clips, "frames": run.frames, "size": f"{run.size[0]}x{run.size[1]}", "rate": run.rate,
        "warmup": run.warmup, "save-every": run.save_every, "log-every": run.log_every,
    }  # fmt: skip
    return [sys.executable, "-m", "boximator", "train", "boxes", *(f"--{k}={v}" for k, v in told.items())]


def two_processes(run: BoxesRun) -> list[subprocess.Popen[bytes]]:
    """What torchrun and accelerate launch start, without the launcher."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    started: list[subprocess.Popen[bytes]] = []
    for rank in ("0", "1"):
        said = (run.folder.parent / f"said-{rank}.txt").open("ab")
        ranked = {**os.environ, **told, "RANK": rank, "LOCAL_RANK": rank, "ACCELERATE_USE_CPU": "true"}
        started.append(subprocess.Popen(command(run), env=ranked, stdout=said, stderr=said))
        said.close()
    return started


def said(run: BoxesRun) -> str:
    return "".join((run.folder.parent / f"said-{rank}.txt").read_text(encoding="utf-8") for rank in "01")


def losses(folder: Path) -> list[float]:
    return [row["loss"] for row in read_curve(folder / "curve.jsonl") if "loss" in row]


def weights(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / "adapter" / "diffusion_pytorch_model.safetensors")


def test_one_process_learns_something(alone: tuple[Path, str]) -> None:
    folder = alone[0] / "alone"
    rows = read_curve(folder / "curve.jsonl")
    assert len(rows) == STEPS
    assert all(math.isfinite(row["loss"]) and not row["skipped"] for row in rows)
    assert rows[0]["gate"] == 0
    assert rows[-1]["gate"] > 1e-4
    assert rows[-1]["box_effect"] > 1e-6
    assert [path.name for path in checkpoints(folder)] == ["step-0000015", "step-0000020"]


def test_two_processes_killed_and_started_again_end_as_one_that_was_not(alone: tuple[Path, str]) -> None:
    place, name = alone
    run = tiny_run(place, name, folder="two")
    started = two_processes(run)
    try:
        while all(process.poll() is None for process in started) and len(losses(run.folder)) < SAVED + 2:
            with contextlib.suppress(subprocess.TimeoutExpired):
                started[0].wait(timeout=0.01)
    finally:
        for process in started:
            process.kill()
        ends = [process.wait() for process in started]
    assert ends == [-signal.SIGKILL] * 2, said(run)
    reached = len(losses(run.folder))
    assert SAVED < reached < STEPS, "it was killed too late, or too early, to say anything"
    assert [process.wait() for process in two_processes(run)] == [0, 0], said(run)
    two, one = torch.tensor(losses(run.folder)), torch.tensor(losses(place / "alone"))
    assert torch.allclose(two, one, rtol=2e-3, atol=1e-5), (two - one).abs().max()
    ours, theirs = weights(run.folder), weights(place / "alone")
    config: Any = BoxAdapter.load_config(run.folder / "adapter")
    fresh = BoxAdapter.from_config(config)
    assert isinstance(fresh, BoxAdapter)
    moved = {key: float((value - ours[key]).abs().max()) for key, value in fresh.state_dict().items()}
    assert max(moved.values()) > 0.01
    for key, value in ours.items():
        assert torch.allclose(value, theirs[key], rtol=1e-3, atol=5e-4), key


def test_a_run_does_not_go_on_as_another(alone: tuple[Path, str]) -> None:
    place, name = alone
    run = tiny_run(place, name, folder="alone")
    other = replace(run, batch=4)
    with pytest.raises(Problem, match=r"batch 2, and was to go on with batch 4"):
        train_on_base(other, tell=print)


def test_a_batch_that_cannot_be_shared_out_is_refused() -> None:
    run = BoxesRun(base="any", folder=Path("any"), cache=Path("any"), batch=6, micro=2)
    assert run.accumulation(3) == 1
    with pytest.raises(Problem, match="--batch 8"):
        run.accumulation(2)


def test_a_base_that_is_not_there_is_refused_with_words(tmp_path: Path) -> None:
    run = BoxesRun(base=str(tmp_path / "nothing"), folder=tmp_path, cache=tmp_path)
    with pytest.raises(Problem, match="No base could be loaded"):
        train_on_base(run, tell=print)
