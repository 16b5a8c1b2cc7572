"""What the entries of a contest learn from: the same clips for all, with what each state needs of them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, get_worker_info

from boximator.data.example import FLOW_STRIDE, SPREAD, Batch, collate, example
from boximator.data.stream import StreamConfig
from boximator.pocket.layout import FRAMES, PICTURE_SIZES
from boximator.pocket.text import TextEncoder
from boximator.training.contest.backward import Backward, backward, in_cells
from boximator.world.clip import Clip
from boximator.world.make import make_clip

_ENDLESS = 10**8
_SIZE = PICTURE_SIZES[0]


@dataclass(frozen=True)
class Needs:
    """What a state is made from besides a `Batch`."""

    frames: bool = False
    backward: bool = False


@dataclass(frozen=True)
class Shot:
    """A batch, the frames at the model's size, and backward flow and visibility in cells, where they are needed."""

    batch: Batch
    frames: UInt8[Tensor, "batch frames 3 height width"] | None = None
    back_flow: Float[Tensor, "batch later 2 rows columns"] | None = None
    back_visible: Float[Tensor, "batch later rows columns"] | None = None

    @property
    def picture(self) -> Float[Tensor, "batch 3 height width"]:
        """The given pictures in [-1, 1]."""
        return self.batch.picture


Stream = Callable[[int], Generator[Shot]]
"""Shots from a step on, without end."""


def film(seed: int, *, config: StreamConfig, needs: Needs) -> Clip:
    """The clip of a seed with the flow that the needs ask for; frames and boxes are the same for all."""
    stride, spread = (1, 0) if needs.backward else (FLOW_STRIDE, SPREAD)
    return make_clip(
        seed,
        split=config.split,
        size=_SIZE,
        frames=FRAMES,
        stride=stride,
        spread=spread,
        still=config.still,
    )


def make_shot(
    clips: list[Clip], *, rng: np.random.Generator, config: StreamConfig, needs: Needs, text: TextEncoder
) -> Shot:
    """Collate clips as `film` made them."""
    rows = [
        example(_thinned(clip) if needs.backward else clip, rng=rng, perturb=config.perturb, last=config.last)
        for clip in clips
    ]
    captions = tuple("" if rng.random() < config.textless else clip.caption for clip in clips)
    shot = Shot(batch=collate(rows, text=text(list(captions)), captions=captions))
    if needs.frames:
        frames = np.stack([clip.frames.transpose(0, 3, 1, 2) for clip in clips])
        shot = replace(shot, frames=torch.from_numpy(frames))
    return with_backward(shot, found=[in_cells(backward(clip)) for clip in clips]) if needs.backward else shot


def with_backward(shot: Shot, *, found: list[Backward]) -> Shot:
    """The shot with the backward flow of its clips."""
    return replace(
        shot,
        back_flow=torch.from_numpy(np.stack([one.flow for one in found])),
        back_visible=torch.from_numpy(np.stack([one.visible for one in found])),
    )


def _thinned(clip: Clip) -> Clip:
    """A clip with the flow of every pixel, as `example` wants it: that of every second one."""
    every = slice(FLOW_STRIDE // 2, None, FLOW_STRIDE)
    return replace(clip, flow=clip.flow[:, :, every, every], visibility=clip.visibility[:, every, every])


class _Shots(Dataset[Shot]):
    """Item i is the whole shot of step ``start + i``, a function of config, needs and step alone."""

    def __init__(self, config: StreamConfig, *, needs: Needs, start: int) -> None:
        self.config = config
        self.needs = needs
        self.start = start
        self._text: TextEncoder | None = None

    def __len__(self) -> int:
        return _ENDLESS - self.start

    def __getitem__(self, index: int) -> Shot:
        if self._text is None:  # once per worker process
            self._text = TextEncoder()
        if get_worker_info() is not None:
            torch.set_num_threads(1)
        step = self.start + index
        first = (self.config.seed * 100_003 + step) * self.config.batch
        clips = [film(first + i, config=self.config, needs=self.needs) for i in range(self.config.batch)]
        rng = np.random.default_rng([self.config.seed, step])
        return make_shot(clips, rng=rng, config=self.config, needs=self.needs, text=self._text)


def _leave_interrupts_to_the_trainer(_worker: int) -> None:
    """A Ctrl-C reaches the whole group; one of them is enough to tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_order(count: int) -> Generator[int]:
    yield from range(count)


def shots(config: StreamConfig, *, needs: Needs, start: int, workers: int) -> Generator[Shot]:
    """Shots of the steps from ``start`` on, made ahead by worker processes, or here if 0."""
    dataset = _Shots(config, needs=needs, start=start)
    loader = DataLoader(
        dataset,
        batch_size=None,
        sampler=_in_order(len(dataset)),  # the default would list all of them first
        num_workers=workers,
        worker_init_fn=_leave_interrupts_to_the_trainer,
        prefetch_factor=4 if workers else None,
    )
    yield from loader
