"""The runs this repository trains with: each function returns a complete, frozen run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from boximator.data.stream import StreamConfig
from boximator.training.run import OptimConfig, Run


def pocket_base(folder: Path, *, steps: int = 20_000, seed: int = 0) -> Run:
    """``boximator train pocket-base``: about 4 clips a second on two cores; things move after 6,000."""
    return Run(
        name="pocket-base",
        folder=folder,
        steps=steps,
        stream=StreamConfig(batch=8, seed=seed),
        optim=OptimConfig(matrix_rate=0.02, cooldown=max(50, steps // 5)),
        seed=seed,
    )


def pocket_boxes(folder: Path, *, steps: int = 4_000, seed: int = 1) -> Run:
    """``boximator train pocket-boxes``: the paper's three stages on a frozen base."""
    base = pocket_base(folder, steps=steps, seed=seed)
    optim = OptimConfig(
        matrix_rate=0.02, rate=2e-3, warmup=20, cooldown=max(50, 3 * steps // 5), average=0.995
    )
    # Most cameras stand still here: what they do cannot be read from boxes, and it would drown what can.
    return replace(
        base, name="pocket-boxes", optim=optim, stream=StreamConfig(batch=8, seed=seed, still=0.85)
    )


def pocket_joint(folder: Path, *, steps: int = 4_000, seed: int = 2) -> Run:
    """``boximator train pocket-joint``: the base together with an adapter that is thrown away."""
    optim = OptimConfig(
        matrix_rate=0.012, rate=1.2e-3, warmup=40, cooldown=max(50, 9 * steps // 20), average=0.99
    )
    boxes = pocket_boxes(folder, steps=steps, seed=seed)
    return replace(boxes, name="pocket-joint", optim=optim, stream=replace(boxes.stream, still=0.75))
