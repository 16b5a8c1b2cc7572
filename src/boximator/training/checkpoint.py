"""Save and resume everything a run needs, atomically."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from boximator.training.optim import Average, Optimiser

_KEEP = 2


@dataclass(frozen=True)
class Reached:
    """How far a run has come: the next step, and how many steps so far were skipped (see `train`)."""

    step: int = 0
    skipped: int = 0


def save_checkpoint(
    folder: Path, *, reached: Reached, module: nn.Module, optimiser: Optimiser, average: Average
) -> Reached:
    """Keep a checkpoint (see `keeping`); give back ``reached``.

    All randomness of a run is a function of its seed and step, so no generator state is kept.
    """
    with keeping(folder, reached=reached) as partial:
        trained = {name: p.detach().contiguous() for name, p in module.named_parameters() if p.requires_grad}
        save_file(trained, partial / "weights.safetensors")
        values = {name: value.contiguous() for name, value in average.values.items()}
        save_file(values, partial / "average.safetensors")
        torch.save(optimiser.state_dict(), partial / "optimiser.pt")
        (partial / "run.json").write_text(json.dumps(asdict(reached)), encoding="utf-8")
    return reached


@contextmanager
def keeping(folder: Path, *, reached: Reached) -> Generator[Path]:
    """A folder to fill (``run.json`` among it), which becomes ``step-NNNNNNN``; only then the oldest are dropped.

    A kill at any moment leaves a whole one.
    """
    target = folder / f"step-{reached.step:07d}"
    partial = folder / f".partial-{reached.step:07d}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    yield partial
    for path in partial.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    for old in checkpoints(folder)[:-_KEEP]:
        shutil.rmtree(old)


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    return sorted(path for path in folder.glob("step-*") if (path / "run.json").is_file())


def resume(folder: Path, *, module: nn.Module, optimiser: Optimiser, average: Average) -> Reached:
    """Load the newest checkpoint into the given objects; gives how far it had come (step 0 without one)."""
    found = checkpoints(folder)
    if not found:
        return Reached()
    newest = found[-1]
    weights = load_file(newest / "weights.safetensors")
    foreign = module.load_state_dict(weights, strict=False).unexpected_keys
    assert not foreign, f"checkpoint {newest} holds foreign weights: {foreign[:3]}"
    average.values.update(load_file(newest / "average.safetensors"))
    optimiser.load_state_dict(torch.load(newest / "optimiser.pt", weights_only=True))
    return Reached(**json.loads((newest / "run.json").read_text(encoding="utf-8")))
