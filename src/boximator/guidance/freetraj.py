"""FreeTraj: the noise already holds the way, and attention is kept apart along it.

Qiu et al., "FreeTraj: Tuning-Free Trajectory Control in Video Diffusion Models", arXiv 2406.16863. Made for a
text-to-video U-Net (VideoCrafter2).

* Noise: one patch of noise of the box's size is pasted at the box in every frame; its low frequencies in space and
  time are kept, the high ones are fresh. Needs nothing of the network. A box that changes its size is an extension:
  the patch is resized to the nearest cells.
* Attention, in the first steps: scores between an object and the rest are made weak; inside the box only the object's
  words are read, and more strongly towards its middle.

On `pocket` the patch moves with the boxes in the channels of colour. The channels of motion are of the first picture's
places: there it stays in the first box, the same in every frame, which asks for one thing, not for a way.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from boximator.guidance.editing import Attend, editing, weighed
from boximator.guidance.frequency import blended
from boximator.guidance.method import Ask, Guided, check_family, share_of_steps
from boximator.guidance.places import Places, ordered, with_ground
from boximator.guidance.regions import objects, track_boxes
from boximator.guidance.sites import WORDS, Kind, Site, sites
from boximator.guidance.stage import Stage
from boximator.guidance.watch import watching
from boximator.guidance.words import Words

TIME_STOP, SPACE_STOP = 0.1, 0.25
"""Of the Butterworth filter, as shares of the highest frequency."""

STEPS, OF_STEPS = 6, 50
APART = 0.01
"""Factor on the scores between an object and the rest."""

STRENGTH = 0.25
"""Of the Gaussian added to an object's words, over the share of the frame its box has and the number of words."""

BARRED = -1e4
"""Added to scores; the authors take minus infinity, which is the same after a softmax unless all are barred."""

_NOISE = ("pocket", "svd", "unet3d", "animatediff", "wan", "cogvideox")
_PAPER = "FreeTraj: Tuning-Free Trajectory Control in Video Diffusion Models, arXiv 2406.16863"


def guided_noise(stage: Stage, *, ask: Ask) -> Tensor:
    """Noise whose low frequencies travel with the boxes."""
    planes = stage.layout.unpack(ask.noise.clone())
    for slot in objects(ask.plan):
        boxes, shown = track_boxes(ask.plan, slot=slot)
        start = boxes[int(shown.nonzero()[0])]
        top, bottom, left, right = _cells(start, grid=stage.grid)
        patch = planes[:, :, 0, top:bottom, left:right].clone()
        for plane, frame in enumerate(stage.shows):
            if shown[frame]:
                _paste(patch, into=planes[:, :, plane], channels=~stage.anchored, box=boxes[frame])
            if shown[0]:
                _paste(patch, into=planes[:, :, plane], channels=stage.anchored, box=boxes[0])
    fresh = torch.randn(planes.shape, generator=ask.generator).to(planes)
    return stage.layout.pack(blended(planes, high=fresh, stops=(TIME_STOP, SPACE_STOP, SPACE_STOP)))


def _cells(box: Float[Tensor, "4"], *, grid: tuple[int, int]) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of the cells nearest to a box; one at least."""
    edges: list[int] = []
    for low, high, size in ((box[1], box[3], grid[0]), (box[0], box[2], grid[1])):
        start = min(round(float(low) * size), size - 1)
        edges += [start, max(round(float(high) * size), start + 1)]
    top, bottom, left, right = edges
    return top, bottom, left, right


def _paste(
    patch: Float[Tensor, "batch channels h w"],
    *,
    into: Float[Tensor, "batch channels rows columns"],
    channels: Bool[Tensor, " channels"],
    box: Float[Tensor, "4"],
) -> None:
    """In place, in some channels only."""
    top, bottom, left, right = _cells(box, grid=(into.shape[-2], into.shape[-1]))
    if channels.any():
        sized = functional.interpolate(patch, size=(bottom - top, right - left), mode="nearest")
        into[:, channels, top:bottom, left:right] = sized[:, channels]


@dataclass(frozen=True)
class FreeTrajNoise:
    """The noise alone."""

    name: ClassVar[str] = "freetraj-noise"
    paper: ClassVar[str] = _PAPER
    families: ClassVar[tuple[str, ...]] = _NOISE

    @contextmanager
    def guiding(self, stage: Stage, *, ask: Ask) -> Generator[Guided]:
        """See `Method`."""
        check_family(self, stage=stage)
        yield Guided(latents=guided_noise(stage, ask=ask))


@dataclass(frozen=True)
class FreeTraj:
    """Noise and attention."""

    steps: int = STEPS

    name: ClassVar[str] = "freetraj"
    paper: ClassVar[str] = _PAPER
    families: ClassVar[tuple[str, ...]] = ("pocket", "unet3d", "animatediff", "wan")

    @contextmanager
    def guiding(self, stage: Stage, *, ask: Ask) -> Generator[Guided]:
        """See `Method`."""
        check_family(self, stage=stage)
        places = Places(stage, plan=ask.plan)
        edited = share_of_steps(self.steps, of=OF_STEPS, steps=ask.steps)
        every = [site for denoiser in stage.denoisers for site in sites(denoiser)]
        with watching(stage.denoisers) as watch:

            def make(site: Site) -> Attend | None:
                if watch.step >= edited or (site.kind in WORDS and ask.words is None):
                    return None
                return partial(_edited, kind=site.kind, places=places, words=ask.words, batch=watch.batch)

            with editing(every, make=make, method=self.name):
                yield Guided(latents=guided_noise(stage, ask=ask))


def _edited(
    query: Tensor, key: Tensor, value: Tensor, *, kind: Kind, places: Places, words: Words | None, batch: int
) -> Tensor:
    rows = query.shape[0]
    found = places.at(kind, tokens=query.shape[2], rows=rows, batch=batch)
    inside = ordered(found.inside, kind=kind, rows=rows).to(query.device)
    if kind not in WORDS:
        return weighed(query, key, value, weigh=_Apart(with_ground(inside)))
    if words is None or key.shape[2] != words.count:  # not text: a picture's tokens
        return functional.scaled_dot_product_attention(query, key, value)
    bell = ordered(found.bell, kind=kind, rows=rows).to(query.device)
    strength = STRENGTH / (
        found.share.clamp_min(1e-4) * torch.tensor([max(len(s), 1) for s in words.subjects])
    )
    return weighed(
        query, key, value, weigh=_Pointed(inside, bell * strength.to(bell), words.table().to(bell))
    )


class _Apart:
    """Softmax of scores that are made weak between groups."""

    def __init__(self, groups: Float[Tensor, "rows tokens groups"]) -> None:
        self.groups = groups

    def __call__(self, scores: Tensor, *, first: int) -> Tensor:
        asking = self.groups[:, first : first + scores.shape[2]]
        apart = (asking @ self.groups.transpose(-1, -2)) == 0
        return (scores * (1 - (1 - APART) * apart[:, None].float())).softmax(dim=-1)


class _Pointed:
    """Inside its box a named object reads its own words only, and after the softmax more strongly in the middle."""

    def __init__(
        self,
        inside: Float[Tensor, "rows queries objects"],
        strength: Float[Tensor, "rows queries objects"],
        table: Float[Tensor, "objects tokens"],
    ) -> None:
        self.strength = strength @ table
        named = table.amax(dim=1)
        anywhere = (inside * named).amax(dim=-1, keepdim=True)
        self.barred = anywhere * ((inside @ table) == 0).float()

    def __call__(self, scores: Tensor, *, first: int) -> Tensor:
        rows = slice(first, first + scores.shape[2])
        weights = (scores + BARRED * self.barred[:, rows][:, None]).softmax(dim=-1)
        return weights + self.strength[:, rows][:, None]
