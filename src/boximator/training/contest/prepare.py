"""Train one entry: its autoencoder, if it has one, and its base."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from boximator.pocket.base import PocketBase, build
from boximator.training.contest.autoencoder import Autoencoder, AutoencoderTask, drawn_frames
from boximator.training.contest.entries import AUTOENCODER_SHARE, Entry
from boximator.training.contest.shot import Needs, Stream, shots
from boximator.training.contest.state import State, channels
from boximator.training.contest.task import StateTask
from boximator.training.contest.terms import Terms, Told
from boximator.training.contest.timed import Spent, Timed, TimedTask, train_for
from boximator.training.run import OptimConfig

_AUTOENCODER_OPTIM = OptimConfig(rate=2e-3, weight_decay=0.0, warmup=30, average=0.99)
_FRAMES = Needs(frames=True)


@dataclass(frozen=True)
class Prepared:
    """A trained entry, and what its trainings spent, by the folder they wrote to."""

    state: State
    base: PocketBase
    spent: dict[str, Spent]


def prepare(entry: Entry, *, terms: Terms, told: Told) -> Prepared:
    """Train for the time of the terms; what was done before is not done again."""
    spent: dict[str, Spent] = {}
    if entry.plain is not None:
        state, left = entry.plain(), terms.seconds
    else:
        assert entry.learned is not None, "an entry's state is plain or learned"
        torch.manual_seed(terms.seed)
        autoencoder = Autoencoder()
        seconds, left = AUTOENCODER_SHARE * terms.seconds, (1 - AUTOENCODER_SHARE) * terms.seconds
        timed = _timed(entry, part="autoencoder", seconds=seconds, terms=terms, optim=_AUTOENCODER_OPTIM)
        source = _source(terms, needs=_FRAMES)
        spent["autoencoder"] = _train(timed, task=AutoencoderTask(autoencoder), source=source, told=told)
        _settle(autoencoder, terms=terms)
        state = entry.learned(autoencoder)
    torch.manual_seed(terms.seed)
    base = build(terms.size, channels=channels(state))
    timed = _timed(entry, part="base", seconds=left, terms=terms, optim=terms.optim)
    task, source = StateTask(base, state=state), _source(terms, needs=state.needs)
    spent["base"] = _train(timed, task=task, source=source, told=told)
    return Prepared(state=state, base=base, spent=spent)


def _timed(entry: Entry, *, part: str, seconds: float, terms: Terms, optim: OptimConfig) -> Timed:
    folder = terms.folder / entry.name / part
    return Timed(folder=folder, seconds=seconds, optim=optim, seed=terms.seed, clock=terms.clock)


def _source(terms: Terms, *, needs: Needs) -> Stream:
    return lambda start: shots(terms.stream, needs=needs, start=start, workers=terms.workers)


def _train(timed: Timed, *, task: TimedTask, source: Stream, told: Told) -> Spent:
    name = "/".join(timed.folder.parts[-2:])

    def say(spent: Spent, loss: float) -> None:
        told(f"{name}: step {spent.step}, {spent.seconds:.0f} of {timed.seconds:.0f} s, loss {loss:.4f}")

    return train_for(timed, task=task, shots=source, told=say)


def _settle(autoencoder: Autoencoder, *, terms: Terms) -> None:
    """Bring latents to unit size on the frames of the first shot."""
    stream = shots(terms.stream, needs=_FRAMES, start=0, workers=0)
    shot = next(stream)
    stream.close()
    autoencoder.settle(drawn_frames(shot, count=4, generator=torch.Generator().manual_seed(terms.seed)))
