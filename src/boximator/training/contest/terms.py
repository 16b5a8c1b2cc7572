"""What all entries of a contest share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from boximator.data.stream import StreamConfig
from boximator.pocket.base import PocketSize
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem
from boximator.training.contest.timed import Clock
from boximator.training.run import OptimConfig

Told = Callable[[str], None]
"""Hears in words what happens."""


def _optim() -> OptimConfig:
    """The recipe of `boximator train pocket-base`, for a short training."""
    return OptimConfig(matrix_rate=0.02, warmup=50, average=0.99)


@dataclass(frozen=True)
class Terms:
    """``seconds`` are each entry's, ``clips`` the held-out ones it is judged on, ``steps`` those of a sample.

    ``processor``: the seconds are the training process's own on the processor, not the clock's, so that entries can be
    trained side by side, or while other work goes on, and are still equal. Ask for one thread then: two that wait for
    each other spend processor time.
    """

    folder: Path
    seconds: float
    clips: int = 64
    batch: int = 8
    seed: int = 0
    steps: int = 12
    workers: int = 1
    threads: int = 2
    size: PocketSize = field(default_factory=PocketSize)
    optim: OptimConfig = field(default_factory=_optim)
    processor: bool = False
    wall: Clock = time.perf_counter

    @property
    def clock(self) -> Clock:
        """What the seconds are counted with."""
        return time.process_time if self.processor else self.wall

    @property
    def stream(self) -> StreamConfig:
        """The clips that all entries learn from."""
        return StreamConfig(batch=self.batch, seed=self.seed)

    @property
    def training(self) -> dict[str, Any]:
        """What must not change between the entries' trainings, as JSON holds it."""
        return {
            "seconds": self.seconds,
            "processor": self.processor,
            "batch": self.batch,
            "seed": self.seed,
            "size": asdict(self.size),
            "optim": asdict(self.optim),
        }

    @property
    def judging(self) -> dict[str, int]:
        """What must be alike for two judgements to be compared."""
        return {"clips": self.clips, "steps": self.steps}


def agree(terms: Terms) -> None:
    """Write the terms of training into the folder, or refuse those that differ from what is written there.

    Raises:
        Problem: the folder holds a contest on other terms.
    """
    path, wanted = terms.folder / "contest.json", terms.training
    if not path.is_file():
        write_json(path, content=wanted)
        return
    known = json.loads(path.read_text(encoding="utf-8"))
    differing = [name for name, value in wanted.items() if known.get(name) != value]
    if differing:
        name = differing[0]
        raise Problem(
            given=f"{terms.folder} holds a contest with the {name} {known.get(name)}",
            wanted=f"All entries are trained on the same terms, but {name} {wanted[name]} was asked for",
            fix="Give the same options as before, or another folder",
        )


def write_json(path: Path, *, content: Any) -> None:
    """Write a JSON file whole or not at all."""
    with appearing(path) as partial:
        partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
