"""From a run's checkpoint to the weights that are shipped: the running average, in half precision."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from boximator.bases import pocket as pocket_address
from boximator.bases.defaults import Options, options_for
from boximator.control.adapter import BoxAdapter
from boximator.pocket.base import PocketBase, PocketSize, build, forget_origin, load, save
from boximator.scene.problem import Problem
from boximator.training.checkpoint import checkpoints


def newest(folder: Path) -> Path:
    """The newest whole checkpoint of a run."""
    found = checkpoints(folder)
    if not found:
        raise Problem(
            given=f"There is no checkpoint in {folder}",
            wanted="A folder that boximator train has written to",
            fix="Give the run's folder, or train first",
        )
    return found[-1]


def fresh_adapter(base: PocketBase, *, seed: int, options: Options | None = None) -> BoxAdapter:
    """An adapter for `pocket` that does nothing yet, by default as large as the shipped one."""
    address = pocket_address.address(base.transformer)
    generator = torch.Generator().manual_seed(seed)
    return (options or options_for(address)).fresh(base.transformer, address=address, generator=generator)


def export_run(run: Path, *, to: Path, base: Path | None = None, options: Options | None = None) -> None:
    """Write a run's averaged weights, in half precision: a base, an adapter, or both where both were trained.

    ``base`` is the folder of the base that an adapter was trained for, ``options`` how large the adapter is.
    """
    weights = load_file(newest(run) / "average.safetensors")
    trained = load(base).float() if base is not None else build(PocketSize())
    own = _below("base", weights)
    if own or "tokens.null" not in weights:
        trained.load_state_dict(own or weights)
        save(trained.half(), folder=to)
    boxes = _below("adapter", weights) or (weights if not own and "tokens.null" in weights else {})
    if boxes:
        adapter = fresh_adapter(trained, seed=0, options=options)
        adapter.load_state_dict(boxes)
        adapter.half().save_pretrained(to / "adapter")
        forget_origin(to / "adapter")


def _below(prefix: str, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights whose names begin with ``prefix.``, without it."""
    start = f"{prefix}."
    return {name.removeprefix(start): value for name, value in weights.items() if name.startswith(start)}
