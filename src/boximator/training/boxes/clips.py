"""Clips in the size of a base, each encoded once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from boximator.control.origin import weights_mark
from boximator.scene.colours import COLOURS, SLOTS
from boximator.training.boxes.cache import Cache, content_key
from boximator.training.boxes.footage import Taken, footage
from boximator.training.boxes.latent_base import LatentBase
from boximator.training.boxes.lesson import Lesson
from boximator.training.boxes.run import BoxesRun
from boximator.training.boxes.tracking import painted


@dataclass(frozen=True)
class Tracks:
    """Boxes in shuffled slots and colours, so that neither means anything but identity (section 4.1)."""

    boxes: np.ndarray
    colours: np.ndarray
    present: np.ndarray

    @classmethod
    def of(cls, clip: Taken) -> Tracks:
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
        self.footage = footage(run)
        self.precision = torch.bfloat16 if run.precision == "bfloat16" else torch.float32
        self.encoder = encoder_mark(base)

    def _name(self, index: int) -> str:
        run = self.run
        size = {"frames": run.frames, "size": list(run.size)}
        made = {**self.footage.recipe(index), **size}
        return content_key({**made, "encoder": self.encoder, "precision": run.precision})

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
        run, clip = self.run, self.footage.take(index)
        tracks = Tracks.of(clip)
        said = {"caption": clip.caption, "encoder": self.encoder, "precision": run.precision}
        key = content_key(clip.frames, tracks.boxes, tracks.colours, tracks.present, said)
        if not self.kept.has(key):
            self.kept.put(key, self._encoded(clip, tracks).tensors())
        self.kept.call(self._name(index), key)
        return key

    @torch.no_grad()
    def _encoded(self, clip: Taken, tracks: Tracks) -> Lesson:
        base = self.base
        shown = painted(
            clip.frames,
            boxes=tracks.boxes,
            colours=tracks.colours,
            present=tracks.present,
            line=line_of(base),
            first=int(base.pictured),
        )
        generator = torch.Generator().manual_seed(clip.seed)
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
