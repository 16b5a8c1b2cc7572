"""World clips as an endless stream of batches that depends on nothing but the seed and the step."""

from __future__ import annotations

import signal
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from boximator.data.example import FLOW_STRIDE, SPREAD, Batch, collate, example
from boximator.pocket.layout import FRAMES, PICTURE_SIZES
from boximator.pocket.text import TextEncoder
from boximator.world.clip import Split
from boximator.world.make import make_clip

_SIZE_SHARES = (0.6, 0.2, 0.2)


@dataclass(frozen=True)
class StreamConfig:
    """What to stream.

    Attributes:
        batch: clips in a batch.
        seed: decides all clips.
        split: which sprites and backdrops.
        textless: share of captions left out.
        perturb: share of first pictures that are made worse.
        last: share of clips with a last picture.
        still: share of clips whose camera does not move.
    """

    batch: int = 8
    seed: int = 0
    split: Split = "train"
    textless: float = 0.15
    perturb: float = 0.15
    last: float = 0.2
    still: float = 0.55


class WorldBatches(Dataset[Batch]):
    """Item i is the whole batch of step ``start + i``, a function of config and step alone.

    So a run can be resumed exactly, at any step.
    """

    def __init__(self, config: StreamConfig, *, start: int, stop: int) -> None:
        self.config = config
        self.start = start
        self.stop = stop
        self._text: TextEncoder | None = None

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, index: int) -> Batch:
        if self._text is None:  # once per worker process
            self._text = TextEncoder()
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # as in a worker process, so that both make the same bits
        batch = make_batch(self.config, step=self.start + index, text=self._text)
        torch.set_num_threads(threads)
        return batch


def make_batch(config: StreamConfig, *, step: int, text: TextEncoder) -> Batch:
    """The batch of one step."""
    rng = np.random.default_rng([config.seed, step])
    size = PICTURE_SIZES[int(rng.choice(len(PICTURE_SIZES), p=_SIZE_SHARES))]
    first = (config.seed * 100_003 + step) * config.batch
    clips = [
        make_clip(
            first + i,
            split=config.split,
            size=size,
            frames=FRAMES,
            stride=FLOW_STRIDE,
            spread=SPREAD,
            still=config.still,
        )
        for i in range(config.batch)
    ]
    rows = [example(clip, rng=rng, perturb=config.perturb, last=config.last) for clip in clips]
    captions = tuple("" if rng.random() < config.textless else clip.caption for clip in clips)
    return collate(rows, text=text(list(captions)), captions=captions)


def _leave_interrupts_to_the_trainer(_worker: int) -> None:
    """A Ctrl-C, or a scheduler's SIGTERM, reaches a whole group; the trainer still needs its next batch."""
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)


def stream(config: StreamConfig, *, start: int, stop: int, workers: int) -> Generator[Batch]:
    """Batches of steps ``start`` to ``stop - 1`` in order, made ahead by worker processes, or here if 0."""
    loader = DataLoader(
        WorldBatches(config, start=start, stop=stop),
        batch_size=None,
        num_workers=workers,
        worker_init_fn=_leave_interrupts_to_the_trainer,
        prefetch_factor=4 if workers else None,
        persistent_workers=False,
    )
    yield from loader
