"""Save and resume, atomically; every checkpoint is an adapter's folder too.

One format whatever the training is spread over: weights and the optimiser's state are gathered, so that a run can go on
with another number of processes, or with FSDP after DDP.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_state_dict, set_state_dict

from boximator.control.adapter import BoxAdapter
from boximator.scene.problem import Problem
from boximator.training.checkpoint import Reached, checkpoints, keeping

STATE, RUN, ADAPTER = "optimiser.pt", "run.json", "adapter"


def save(
    folder: Path,
    *,
    reached: Reached,
    settled: Mapping[str, object],
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    config: Mapping[str, Any],
    writes: bool,
) -> None:
    """Gather the state (a call of all processes) and, in the one that writes, keep it (see `keeping`).

    No generator's state is kept: all randomness is a function of seed,
    step and place.
    """
    options = StateDictOptions(full_state_dict=True, cpu_offload=True)
    weights, state = get_state_dict(model, optimiser, options=options)
    if not writes:
        return
    with keeping(folder, reached=reached) as partial:
        as_adapter(weights, config=config).save_pretrained(partial)
        torch.save(state, partial / STATE)
        told = {**asdict(reached), "settled": dict(settled)}
        (partial / RUN).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def as_adapter(weights: Mapping[str, Any], *, config: Mapping[str, Any]) -> BoxAdapter:
    """An adapter of these weights and no others, at no cost of making it."""
    own = {name: value for name, value in config.items() if not name.startswith("_")}
    with torch.device("meta"):
        adapter = BoxAdapter(**own)
    adapter.load_state_dict(dict(weights), assign=True)
    return adapter


def resume(
    folder: Path, *, settled: Mapping[str, object], model: nn.Module, optimiser: torch.optim.Optimizer
) -> Reached:
    """Load the newest checkpoint into model and optimiser; gives how far it had come (step 0 without one).

    Raises:
        Problem: the folder holds a run with other settings.
    """
    found = checkpoints(folder)
    if not found:
        return Reached()
    told = json.loads((found[-1] / RUN).read_text(encoding="utf-8"))
    refuse_other(told.get("settled", {}), asked=json.loads(json.dumps(dict(settled))), folder=folder)
    weights: dict[str, Tensor] = {}
    for path in sorted(found[-1].glob("*.safetensors")):
        weights |= load_file(path)
    set_state_dict(
        model,
        optimiser,
        model_state_dict={**weights},
        optim_state_dict=torch.load(found[-1] / STATE, weights_only=True),
        options=StateDictOptions(full_state_dict=True),
    )
    return Reached(step=told["step"], skipped=told["skipped"])


def refuse_other(found: Mapping[str, object], *, asked: Mapping[str, object], folder: Path) -> None:
    """Raise a Problem if a run's settings are not those of the one that is there."""
    other = [name for name in asked if found.get(name) != asked[name]]
    if other:
        had = ", ".join(f"{name} {found.get(name)}" for name in other)
        want = ", ".join(f"{name} {asked[name]}" for name in other)
        raise Problem(
            given=f"{folder} holds a training with {had}, and was to go on with {want}",
            wanted="The same command goes on with a training",
            fix="Give the same options, or another folder (-o)",
        )


def finish(folder: Path) -> Path:
    """The newest checkpoint's adapter by itself, in ``adapter``, for use and for sharing."""
    target, partial = folder / ADAPTER, folder / f".partial-{ADAPTER}"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(checkpoints(folder)[-1], partial, ignore=shutil.ignore_patterns(STATE, RUN))
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return target
