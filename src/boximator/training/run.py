"""All that one training needs, as frozen values. Recipes return these; nothing else configures a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from boximator.data.stream import StreamConfig


@dataclass(frozen=True)
class OptimConfig:
    """Muon on the matrices of the transformer blocks, AdamW on everything else.

    The rate rises over ``warmup`` steps, stays, and falls linearly to a twentieth over the last ``cooldown``
    steps.
    """

    matrix_rate: float = 0.01
    rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: int = 100
    cooldown: int = 400
    clip: float = 1.0
    average: float = 0.998


@dataclass(frozen=True)
class Run:
    """One training: where it writes, how long it goes, what it reads."""

    name: str
    folder: Path
    steps: int
    stream: StreamConfig
    optim: OptimConfig = field(default_factory=OptimConfig)
    seed: int = 0
    workers: int = 1
    threads: int = 2
    save_every: int = 200
    preview_every: int = 500
    log_every: int = 10
