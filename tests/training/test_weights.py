from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_runs import tiny_base
from torch import nn

from boximator.control.adapter import BoxAdapter
from boximator.pocket.base import load, save
from boximator.scene.problem import Problem
from boximator.training.checkpoint import Reached, save_checkpoint
from boximator.training.optim import Average, Optimiser
from boximator.training.run import OptimConfig
from boximator.training.weights import export_run, fresh_adapter, newest


def checkpoint(module: nn.Module, *, folder: Path, step: int = 1) -> None:
    """A checkpoint whose average is not the weights themselves."""
    average = Average(module, decay=0.9)
    for value in average.values.values():
        value.mul_(0.5)
    optimiser = Optimiser(module, config=OptimConfig())
    save_checkpoint(folder, reached=Reached(step=step), module=module, optimiser=optimiser, average=average)


def same(loaded: nn.Module, trained: nn.Module) -> bool:
    """Whether half the trained weights were loaded, as precise as half precision is."""
    given = dict(trained.named_parameters())
    return all(
        torch.equal(weight, (0.5 * given[name]).half().float()) for name, weight in loaded.named_parameters()
    )


def test_a_run_of_the_base_becomes_the_averaged_base_in_half_precision(tmp_path: Path) -> None:
    base = tiny_base()
    save(base, folder=tmp_path / "like")
    checkpoint(base, folder=tmp_path / "run")
    export_run(tmp_path / "run", to=tmp_path / "out", base=tmp_path / "like")
    assert same(load(tmp_path / "out"), base)
    stored = load_file(tmp_path / "out" / "refiner" / "diffusion_pytorch_model.safetensors")
    assert {value.dtype for value in stored.values()} == {torch.float16}
    assert not (tmp_path / "out" / "adapter").exists()


def test_a_run_of_boxes_becomes_an_adapter_alone(tmp_path: Path) -> None:
    base = tiny_base()
    save(base, folder=tmp_path / "base")
    adapter = fresh_adapter(base, seed=3)
    checkpoint(adapter, folder=tmp_path / "run")
    export_run(tmp_path / "run", to=tmp_path / "out", base=tmp_path / "base")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["adapter"]
    assert same(BoxAdapter.from_pretrained(tmp_path / "out" / "adapter"), adapter)


def test_a_run_of_both_becomes_both(tmp_path: Path) -> None:
    base = tiny_base()
    save(base, folder=tmp_path / "base")
    adapter = fresh_adapter(base, seed=3)
    checkpoint(nn.ModuleDict({"adapter": adapter, "base": base}), folder=tmp_path / "run")
    export_run(tmp_path / "run", to=tmp_path / "out", base=tmp_path / "base")
    assert same(load(tmp_path / "out"), base)
    assert same(BoxAdapter.from_pretrained(tmp_path / "out" / "adapter"), adapter)


def test_a_fresh_adapter_is_its_seed() -> None:
    base = tiny_base()
    first, again, other = (
        torch.cat([weight.flatten() for weight in fresh_adapter(base, seed=seed).parameters()])
        for seed in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_newest_checkpoint_is_taken(tmp_path: Path) -> None:
    module = nn.Linear(2, 2)
    for step in (9, 10):
        checkpoint(module, folder=tmp_path, step=step)
    assert newest(tmp_path).name == "step-0000010"


def test_a_folder_without_a_run_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no checkpoint"):
        export_run(tmp_path, to=tmp_path / "out")
