"""The contest: every entry trained for the same time, then judged on the same held-out clips."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch

from boximator.data.stream import StreamConfig
from boximator.pocket.base import PocketBase, PocketSize, build
from boximator.pocket.text import TextEncoder
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem
from boximator.training.contest.autoencoder import Autoencoder, AutoencoderTask, drawn_frames
from boximator.training.contest.chart import write_chart
from boximator.training.contest.entries import AUTOENCODER_SHARE, Entry
from boximator.training.contest.judge import Verdict, judge
from boximator.training.contest.sheet import strip, write_sheet
from boximator.training.contest.shot import Needs, shots
from boximator.training.contest.state import State, channels
from boximator.training.contest.tally import Tally, tally
from boximator.training.contest.task import StateTask
from boximator.training.contest.timed import Clock, Spent, Timed, train_for
from boximator.training.contest.trial import trials
from boximator.training.run import OptimConfig

PICTURED = 8
"""Clips on an entry's sheet."""

_AUTOENCODER_OPTIM = OptimConfig(rate=2e-3, weight_decay=0.0, warmup=30, average=0.99)

Told = Callable[[str], None]


@dataclass(frozen=True)
class Contest:
    """What all entries share. ``seconds`` are each entry's, ``clips`` the held-out ones it is judged on."""

    folder: Path
    seconds: float
    clips: int = 64
    batch: int = 8
    seed: int = 0
    steps: int = 16
    workers: int = 1
    threads: int = 2
    size: PocketSize = PocketSize()
    optim: OptimConfig = field(default_factory=lambda: OptimConfig(matrix_rate=0.02, warmup=50, average=0.99))
    clock: Clock = time.perf_counter

    def settings(self) -> dict[str, Any]:
        """What must not change while a contest is going on."""
        return {
            "seconds": self.seconds,
            "batch": self.batch,
            "seed": self.seed,
            "size": asdict(self.size),
            "optim": asdict(self.optim),
        }


def contest(given: Contest, *, entries: tuple[Entry, ...], told: Told) -> dict[str, Any]:
    """Train and judge what is not yet done; write ``table.json``, ``chart.png`` and a sheet for each entry.

    ``told`` hears what happens. Entries that were done before into the same folder stay in the table.

    Raises:
        Problem: the folder holds a contest with other settings.
    """
    torch.set_num_threads(given.threads)
    given.folder.mkdir(parents=True, exist_ok=True)
    _agree(given)
    for entry in entries:
        state, base, spent = _trained(entry, given=given, told=told)
        _judged(entry, given=given, state=state, base=base, spent=spent, told=told)
    return _table(given)


def _agree(given: Contest) -> None:
    """Write the settings, or refuse those that differ from the folder's."""
    path, settings = given.folder / "contest.json", given.settings()
    if not path.is_file():
        _write(path, content=settings)
        return
    known = json.loads(path.read_text(encoding="utf-8"))
    differing = [name for name, value in settings.items() if known.get(name) != value]
    if differing:
        raise Problem(
            given=f"{given.folder} holds a contest with another {differing[0]} ({known.get(differing[0])})",
            wanted=f"All entries have the same settings, but {settings[differing[0]]} was asked for",
            fix="Give the same settings again, or another folder",
        )


def _write(path: Path, *, content: dict[str, Any]) -> None:
    with appearing(path) as file:
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _trained(entry: Entry, *, given: Contest, told: Told) -> tuple[State, PocketBase, dict[str, Spent]]:
    """The entry's state and its base, and what each of its trainings spent."""
    folder, spent = given.folder / entry.name, dict[str, Spent]()
    config = StreamConfig(batch=given.batch, seed=given.seed)
    left = given.seconds
    if entry.plain is not None:
        state = entry.plain()
    else:
        assert entry.learned is not None, "an entry's state is plain or learned"
        autoencoder = Autoencoder()
        seconds, left = AUTOENCODER_SHARE * left, (1 - AUTOENCODER_SHARE) * left
        timed = _timed(folder / "autoencoder", seconds=seconds, given=given, optim=_AUTOENCODER_OPTIM)
        source = partial(_shots, config=config, needs=Needs(frames=True), workers=given.workers)
        say = partial(_say, entry=f"{entry.name}, autoencoder", seconds=seconds, told=told)
        spent["autoencoder"] = train_for(timed, task=AutoencoderTask(autoencoder), shots=source, told=say)
        _settle(autoencoder, config=config)
        state = entry.learned(autoencoder)
    torch.manual_seed(given.seed)
    base = build(given.size, channels=channels(state))
    timed = _timed(folder / "base", seconds=left, given=given, optim=given.optim)
    source = partial(_shots, config=config, needs=state.needs, workers=given.workers)
    say = partial(_say, entry=entry.name, seconds=left, told=told)
    spent["base"] = train_for(timed, task=StateTask(base, state=state), shots=source, told=say)
    return state, base, spent
