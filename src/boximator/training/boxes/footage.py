"""Where a training's clips come from: the procedural world, or a dataset of annotated video."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from jaxtyping import Bool, Float32, UInt8

import boximator
from boximator.data.dataset.clips import Clips
from boximator.data.dataset.order import Order
from boximator.data.dataset.views import fitted, sampled
from boximator.training.boxes.run import BoxesRun
from boximator.world.make import make_clip

STILL = 0.85
"""Share of the world's clips whose camera stands still: what a camera does cannot be read from boxes."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Taken:
    """A clip in the size of a base. ``seed`` decides what is drawn by lot for it."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, " 8"]
    caption: str
    seed: int


class Footage(Protocol):
    """Clips by number, each a function of its number and the run."""

    @property
    def mark(self) -> str:
        """The checksum of the ledger of sources and licences."""
        ...

    def place(self, number: int) -> int:
        """Which clip is the ``number``-th that training sees: each once, then all in another order."""
        ...

    def recipe(self, index: int) -> Mapping[str, Any]:
        """What a clip is made of, so that it need not be made to find what was encoded of it."""
        ...

    def take(self, index: int) -> Taken:
        """The clip."""
        ...

    def told(self) -> Mapping[str, object]:
        """For the model card."""
        ...


def footage(run: BoxesRun) -> Footage:
    """Of a run.

    Raises:
        Problem: its dataset is none, or is of clips that nobody allowed.
    """
    return World(run) if run.data is None else Real(run, clips=Clips(run.data))


@cache
def world_mark() -> str:
    """The checksum of the ledgers of sources and licences of all that the world is made of."""
    folder = files("boximator.world") / "assets"
    mark = hashlib.sha256()
    for name in ("sprites.json", "backgrounds.json"):
        mark.update((folder / name).read_bytes())
    return mark.hexdigest()


@dataclass(frozen=True)
class World:
    """The procedural world's clips."""

    run: BoxesRun

    @property
    def mark(self) -> str:
        return world_mark()

    def place(self, number: int) -> int:
        turn, place = divmod(number, self.run.clips)
        return int(_turn(self.run.clips, self.run.seed, turn)[place])

    def recipe(self, index: int) -> Mapping[str, Any]:
        return {
            "world": boximator.__version__,
            "ledger": self.mark,
            "clip": index + 1_000_003 * self.run.seed,
            "still": STILL,
        }

    def take(self, index: int) -> Taken:
        run, seed = self.run, index + 1_000_003 * self.run.seed
        clip = make_clip(seed, split="train", size=run.size, frames=run.frames, stride=8, still=STILL)
        return Taken(
            frames=clip.frames, boxes=clip.boxes, present=clip.present, caption=clip.caption, seed=clip.seed
        )

    def told(self) -> Mapping[str, object]:
        return {
            "clips": f"{self.run.clips} of the procedural world (`boximator world`), split train",
            "first seed": 1_000_003 * self.run.seed,
        }


@cache
def _turn(clips: int, seed: int, turn: int) -> np.ndarray:
    return np.random.default_rng([seed, turn]).permutation(clips)


@dataclass(frozen=True)
class Real:
    """Clips of a dataset, each in ``run.views`` random cuts."""

    run: BoxesRun
    clips: Clips

    @property
    def mark(self) -> str:
        return self.clips.mark

    def place(self, number: int) -> int:
        turn, clip = divmod(Order(len(self.clips), seed=self.run.seed).numbered(number), len(self.clips))
        return clip + len(self.clips) * (turn % self.run.views)

    def recipe(self, index: int) -> Mapping[str, Any]:
        row = self.clips.row(index % len(self.clips))
        return {"film": row.sha256, "clip": row.clip, "view": index // len(self.clips), "seed": self.run.seed}

    def take(self, index: int) -> Taken:
        view, place = divmod(index, len(self.clips))
        shown = sampled(self.clips[place].shown, frames=self.run.frames)
        seed = int(np.random.default_rng([self.run.seed, place, view]).integers(2**31))
        cut = fitted(shown, size=self.run.size, rng=np.random.default_rng(seed))
        return Taken(frames=cut.frames, boxes=cut.boxes, present=cut.present, caption=cut.caption, seed=seed)

    def told(self) -> Mapping[str, object]:
        return {
            "clips": f"{len(self.clips)} of a dataset of annotated video, split train",
            "views of a clip": self.run.views,
        }
