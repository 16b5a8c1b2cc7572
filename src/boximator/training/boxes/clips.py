"""The world's clips in the size of a base: which one comes when, and each encoded once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import torch

import boximator
from boximator.control.origin import weights_mark
from boximator.scene.colours import COLOURS, SLOTS
from boximator.training.boxes.cache import Cache, content_key
from boximator.training.boxes.latent_base import LatentBase
from boximator.training.boxes.lesson import Lesson
from boximator.training.boxes.run import BoxesRun
from boximator.training.boxes.tracking import painted
from boximator.world.clip import Clip
from boximator.world.make import make_clip

STILL = 0.85
"""Share of clips whose camera stands still: what a camera does cannot be read from boxes."""


def place_in_order(run: BoxesRun, *, number: int) -> int:
    """Which of the run's clips is the ``number``-th that training sees: each once, then all in another order."""
    turn, place = divmod(number, run.clips)
    return int(_order(run.clips, run.seed, turn)[place])


@lru_cache(maxsize=4)
def _order(clips: int, seed: int, turn: int) -> np.ndarray:
    return np.random.default_rng([seed, turn]).permutation(clips)


@cache
def ledger_mark() -> str:
    """The checksum of the ledgers of sources and licences of all that the world is made of."""
    folder = files("boximator.world") / "assets"
    mark = hashlib.sha256()
    for name in ("sprites.json", "backgrounds.json"):
        mark.update((folder / name).read_bytes())
    return mark.hexdigest()


@dataclass(frozen=True)
class Tracks:
    """Boxes in shuffled slots and colours, so that neither means anything but identity (section 4.1)."""

    boxes: np.ndarray
    colours: np.ndarray
    present: np.ndarray

    @classmethod
    def of(cls, clip: Clip) -> Tracks:
        """The same for a clip whenever it comes: the boxes are drawn on the video that is cached."""
        rng = np.random.default_rng([clip.seed, 1])
        slots, order = rng.permutation(SLOTS), rng.permutation(SLOTS)
        colours = np.asarray(COLOURS, np.float32)[order]
        return cls(boxes=clip.boxes[:, slots], colours=colours, present=clip.present[slots])


class Lessons:
    """The clips of a run as its base is trained on them, in a cache.

    Both variants of a video are kept, the plain one and the one with its boxes drawn on it: coloured boxes are
    drawn in pixels, before the autoencoder, and encoding at every step would cost more than training.
    """

    def __init__(self, run: BoxesRun, *, base: LatentBase, kept: Cache) -> None:
        self.run = run
        self.base = base
        self.kept = kept
        self.precision = torch.bfloat16 if run.precision == "bfloat16" else torch.float32
        self.encoder = encoder_mark(base)

    def _name(self, index: int) -> str:
        run = self.run
        recipe = {
            "world": boximator.__version__,
            "ledger": ledger_mark(),
            "clip": index + 1_000_003 * run.seed,
        }
        size = {"frames": run.frames, "size": list(run.size), "still": STILL}
        return content_key({**recipe, **size, "encoder": self.encoder, "precision": run.precision})

    def get(self, index: int) -> Lesson:
        """The lesson of a clip, encoded now if it is not there."""
        key = self.kept.called(self._name(index)) or self._made(index)
        return Lesson.of_tensors(self.kept.get(key))

    def have(self, index: int) -> bool:
        """Whether it is there."""
        return self.kept.called(self._name(index)) is not None

    def blank(self) -> dict[str, torch.Tensor]:
        """What the base is told of a clip without a caption."""
        key = content_key({"words": "", "encoder": self.encoder, "precision": self.run.precision})
        if not self.kept.has(key):
            self.kept.put(key, {**self._stored(self.base.words("")), "none": torch.zeros(1)})
        return {name: value for name, value in self.kept.get(key).items() if name != "none"}

    def _stored(self, told: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        kept = {name: v.to(self.precision) if v.is_floating_point() else v for name, v in told.items()}
        return {name: value.cpu().contiguous() for name, value in kept.items()}

    def _made(self, index: int) -> str:
        run = self.run
        seed = index + 1_000_003 * run.seed
        clip = make_clip(seed, split="train", size=run.size, frames=run.frames, stride=8, still=STILL)
        tracks = Tracks.of(clip)
        said = {"caption": clip.caption, "encoder": self.encoder, "precision": run.precision}
        key = content_key(clip.frames, tracks.boxes, tracks.colours, tracks.present, said)
        if not self.kept.has(key):
            self.kept.put(key, self._encoded(clip, tracks, seed=seed).tensors())
        self.kept.call(self._name(index), key)
        return key

    @torch.no_grad()
    def _encoded(self, clip: Clip, tracks: Tracks, *, seed: int) -> Lesson:
        base = self.base
        shown = painted(
            clip.frames,
            boxes=tracks.boxes,
            colours=tracks.colours,
            present=tracks.present,
            line=line_of(base),
            first=int(base.pictured),
        )
        generator = torch.Generator().manual_seed(seed)
        told = base.words(clip.caption) | base.picture(
            clip.frames[0], frames=len(clip.frames), generator=generator
        )
        stored = self._stored({"clean": base.latents(clip.frames), "drawn": base.latents(shown)})
        return Lesson(
            clean=stored["clean"],
            drawn=stored["drawn"],
            boxes=torch.from_numpy(tracks.boxes.copy()),
            colours=torch.from_numpy(tracks.colours),
            present=torch.from_numpy(tracks.present.copy()),
            told=self._stored(told),
        )


def line_of(base: LatentBase) -> int:
    """Width in pixels of the outlines: one latent."""
    pipe = base.pipe
    names = ("vae_scale_factor_spatial", "vae_spatial_compression_ratio", "vae_scale_factor")
    return next((int(getattr(pipe, name)) for name in names if hasattr(pipe, name)), 8)


ENCODERS = ("vae", "text_encoder", "image_encoder")


def encoder_mark(base: LatentBase) -> str:
    """What decides the encoding: family and pipeline, weights and settings of its encoders."""
    parts = [getattr(base.pipe, name, None) for name in ENCODERS]
    found = [part for part in parts if isinstance(part, torch.nn.Module)]
    said = [type(base).__name__, type(base.pipe).__name__, base.pictured]
    return content_key(said, [weights_mark(part) for part in found])
