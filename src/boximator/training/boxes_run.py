"""A whole training of the box adapter: base, fresh adapter, task, loop."""

from __future__ import annotations

from pathlib import Path

import torch

from boximator.bases.defaults import Options
from boximator.pocket.base import PocketSize, build, load
from boximator.training.boxes_task import JOINT, STAGES, BoxesTask, undrawn
from boximator.training.loop import train
from boximator.training.run import Run
from boximator.training.weights import fresh_adapter


def train_boxes(
    run: Run,
    *,
    base: Path,
    self_tracking: bool = True,
    freeze: bool = True,
    options: Options | None = None,
) -> int:
    """Train a fresh adapter of the run's seed on the base of a folder; gives the step reached.

    The paper's two ablations: ``self_tracking=False`` draws no boxes on the target, ``freeze=False`` trains the
    base too. ``options``: another size of adapter than the shipped one's.
    """
    pocket = load(base).float()
    task = BoxesTask(
        pocket,
        adapter=fresh_adapter(pocket, seed=run.seed, options=options),
        steps=run.steps,
        stages=STAGES if self_tracking else undrawn(STAGES),
        train_base=not freeze,
    )
    return train(run, task=task)


def train_joint(run: Run, *, base: Path | None) -> int:
    """Train the base of a folder, or a new one, with an adapter that is thrown away; gives the step reached."""
    torch.manual_seed(run.seed)
    pocket = build(PocketSize()) if base is None else load(base).float()
    adapter = fresh_adapter(pocket, seed=run.seed)
    task = BoxesTask(pocket, adapter=adapter, steps=run.steps, stages=JOINT, train_base=True)
    return train(run, task=task)
