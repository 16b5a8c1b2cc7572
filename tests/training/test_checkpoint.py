from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

from boximator.training.checkpoint import Reached, checkpoints, resume, save_checkpoint
from boximator.training.optim import Average, Optimiser
from boximator.training.run import OptimConfig


class Trainee:
    """A module with its optimiser and average, some steps old."""

    def __init__(self, *, steps: int) -> None:
        torch.manual_seed(0)
        self.module = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3).requires_grad_(False))
        self.optimiser = Optimiser(self.module, config=OptimConfig())
        self.average = Average(self.module, decay=0.9)
        for step in range(steps):
            self.module(torch.ones(1, 3)).square().sum().backward()
            self.optimiser.step(factor=1.0)
            self.average.update(self.module, step=step)

    def save(self, folder: Path, *, step: int, skipped: int = 0) -> None:
        reached = Reached(step=step, skipped=skipped)
        save_checkpoint(
            folder, reached=reached, module=self.module, optimiser=self.optimiser, average=self.average
        )

    def resume(self, folder: Path) -> Reached:
        return resume(folder, module=self.module, optimiser=self.optimiser, average=self.average)


def names(folder: Path) -> list[str]:
    return [path.name for path in checkpoints(folder)]


def test_everything_comes_back(tmp_path: Path) -> None:
    old, new = Trainee(steps=3), Trainee(steps=0)
    old.save(tmp_path, step=3, skipped=1)
    assert new.resume(tmp_path) == Reached(step=3, skipped=1)
    for ours, theirs in zip(new.module.parameters(), old.module.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    for name, value in old.average.values.items():
        assert torch.equal(new.average.values[name], value)
    first, second = old.optimiser.state_dict()[0], new.optimiser.state_dict()[0]
    assert str(first) == str(second)


def test_without_a_checkpoint_a_run_begins_at_0(tmp_path: Path) -> None:
    assert Trainee(steps=0).resume(tmp_path / "none") == Reached(step=0, skipped=0)


def test_only_the_newest_two_are_kept(tmp_path: Path) -> None:
    trainee = Trainee(steps=1)
    for step in (2, 10, 100):
        trainee.save(tmp_path, step=step)
    assert names(tmp_path) == ["step-0000010", "step-0000100"]
    assert trainee.resume(tmp_path).step == 100


def test_weights_that_are_not_trained_are_not_in_it(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    Trainee(steps=1).save(tmp_path, step=1)
    assert set(load_file(checkpoints(tmp_path)[0] / "weights.safetensors")) == {"0.weight", "0.bias"}


@pytest.mark.parametrize("name", [".partial-0000009", "step-0000009"])
def test_a_folder_that_was_not_finished_is_passed_over(name: str, tmp_path: Path) -> None:
    trainee = Trainee(steps=1)
    trainee.save(tmp_path, step=4)
    shutil.copytree(tmp_path / "step-0000004", tmp_path / name)
    (tmp_path / name / "run.json").unlink()
    (tmp_path / name / "weights.safetensors").write_bytes(b"cut")
    assert trainee.resume(tmp_path).step == 4
    trainee.save(tmp_path, step=9)
    assert trainee.resume(tmp_path).step == 9


def test_a_kill_before_the_last_move_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainee = Trainee(steps=1)
    trainee.save(tmp_path, step=4)

    class Killed(BaseException):
        pass

    def die(_handle: int) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", die)
        with pytest.raises(Killed):
            trainee.save(tmp_path, step=8)
    assert names(tmp_path) == ["step-0000004"]
    trainee.save(tmp_path, step=8)
    assert names(tmp_path) == ["step-0000004", "step-0000008"]


def test_weights_of_another_module_are_refused(tmp_path: Path) -> None:
    Trainee(steps=1).save(tmp_path, step=1)
    other = Trainee(steps=0)
    other.module = nn.Sequential(nn.Identity(), nn.Linear(3, 3))
    with pytest.raises(AssertionError, match="foreign"):
        other.resume(tmp_path)
