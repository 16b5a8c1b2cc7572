"""From a run's checkpoint to the weights that are shipped: the running average, in half precision."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from boximator.bases import pocket as pocket_address
from boximator.control.adapter import BoxAdapter
from boximator.pocket.base import PocketBase, PocketSize, build, load, save
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


def averaged_base(folder: Path, *, size: PocketSize | None = None) -> PocketBase:
    """The base of a run of `pocket-base`."""
    base = build(size or PocketSize())
    base.load_state_dict(load_file(newest(folder) / "average.safetensors"))
    return base


def fresh_adapter(base: PocketBase, *, seed: int) -> BoxAdapter:
    """An adapter for `pocket` that does nothing yet. Narrow tokens: the base is 256 wide."""
    address = pocket_address.address(base.transformer)
    return BoxAdapter.from_base(
        base.transformer, address=address, token_dim=256, coverage=True, generator=torch.Generator().manual_seed(seed)
    )


def export_base(run: Path, *, to: Path) -> None:
    """Write a run's averaged base, in half precision."""
    save(averaged_base(run).half(), folder=to)


def export_adapter(run: Path, *, base: Path, to: Path) -> None:
    """Write a run's averaged adapter, in half precision, beside its base."""
    adapter = fresh_adapter(load(base).float(), seed=0)
    adapter.load_state_dict(load_file(newest(run) / "average.safetensors"))
    adapter.half().save_pretrained(to)
