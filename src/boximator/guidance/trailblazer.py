"""TrailBlazer: in the first steps attention weights are edited by a Gaussian in the box.

Ma et al., "TrailBlazer: Trajectory Control for Diffusion-Based Video Generation", arXiv 2401.00896. Made for a
text-to-video U-Net (ZeroScope).

* Words: what a cell reads of the object's words (and of the padding after the prompt, which speaks of everything) is
  made weak outside its box, and a Gaussian is added inside.
* Frames: where the box stands in either of two frames, what a cell takes of itself in the other frame is replaced by
  a Gaussian: near frames are pulled in, far ones pushed off. Elsewhere it is made weak. On networks with full 3-D
  attention only the pairs "the same cell in another frame" are edited, of the many pairs there are.

Weights are not normalised again (their absolute value is taken), as in the authors' code.

On `pocket` the Gaussians stand in the object's first box, where its motion is, and in the boxes asked for, where its
colours are.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from boximator.guidance.editing import Attend, editing, weighed
from boximator.guidance.method import Ask, Guided, check_family, share_of_steps
from boximator.guidance.places import Map, Places, ordered
from boximator.guidance.sites import WORDS, Kind, Site, sites
from boximator.guidance.stage import Stage
from boximator.guidance.watch import watching
from boximator.guidance.words import Words

STEPS, OF_STEPS = 5, 40
"""For words and frames alike."""

WEAK = 0.001
STRONG = 0.1
TRAILING = 13
"""Tokens of the padding that are edited with the object's own."""


@dataclass(frozen=True)
class TrailBlazer:
    """The attention within a frame is left alone."""

    steps: int = STEPS

    name: ClassVar[str] = "trailblazer"
    paper: ClassVar[str] = (
        "TrailBlazer: Trajectory Control for Diffusion-Based Video Generation, arXiv 2401.00896"
    )
    families: ClassVar[tuple[str, ...]] = ("pocket", "unet3d", "animatediff", "wan")

    @contextmanager
    def guiding(self, stage: Stage, *, ask: Ask) -> Generator[Guided]:
        """See `Method`."""
        check_family(self, stage=stage)
        places = Places(stage, plan=ask.plan)
        edited = share_of_steps(self.steps, of=OF_STEPS, steps=ask.steps)
        every = [site for denoiser in stage.denoisers for site in sites(denoiser) if site.kind != "space"]
        with watching(stage.denoisers) as watch:

            def make(site: Site) -> Attend | None:
                if watch.step >= edited or (site.kind in WORDS and ask.words is None):
                    return None
                return partial(_edited, kind=site.kind, places=places, words=ask.words, batch=watch.batch)

            with editing(every, make=make, method=self.name):
                yield Guided(latents=ask.noise)


def _edited(
    query: Tensor, key: Tensor, value: Tensor, *, kind: Kind, places: Places, words: Words | None, batch: int
) -> Tensor:
    rows = query.shape[0]
    found = places.at(kind, tokens=query.shape[2], rows=rows, batch=batch)
    if kind == "time":
        return weighed(query, key, value, weigh=_Frames(found, rows=rows, like=query))
    if kind == "video":
        return weighed(query, key, value, weigh=_SameCell(found, rows=rows, like=query))
    if words is None or key.shape[2] != words.count:  # not text: a picture's tokens
        return functional.scaled_dot_product_attention(query, key, value)
    inside = ordered(found.inside, kind=kind, rows=rows).to(query.device)
    bell = ordered(found.bell, kind=kind, rows=rows).to(query.device)
    return weighed(query, key, value, weigh=_Words(inside, bell, words.table(trailing=TRAILING).to(bell)))


class _Words:
    """Weights to an object's tokens: weak outside its box, a Gaussian more inside."""

    def __init__(
        self,
        inside: Float[Tensor, "rows queries objects"],
        bell: Float[Tensor, "rows queries objects"],
        table: Float[Tensor, "objects tokens"],
    ) -> None:
        self.outside = ((1 - inside) @ table > 0) & (inside @ table == 0)
        self.bell = (bell[..., None] * table).amax(dim=2)

    def __call__(self, scores: Tensor, *, first: int) -> Tensor:
        rows = slice(first, first + scores.shape[2])
        weights = scores.softmax(dim=-1)
        peak = weights.amax(dim=(-2, -1), keepdim=True)
        weak = torch.where(self.outside[:, rows][:, None], WEAK * weights, weights)
        return weak + STRONG * peak * self.bell[:, rows][:, None]


def pulled(
    bell: Float[Tensor, "*pairs"],
    *,
    inside: Float[Tensor, "*pairs"],
    apart: Float[Tensor, "*pairs"],
    weights: Tensor,
) -> Tensor:
    """Weights between frames: inside a box a mix of a Gaussian and what it lacks of its peak, weak elsewhere.

    Args:
        bell: Gaussian at the place, peak 1.
        inside: whether the place is in a box in either frame.
        apart: distance of the two frames over their number.
        weights: as the base has them; the last two axes are pairs of tokens.
    """
    peak = weights.amax(dim=(-2, -1), keepdim=True)
    mixed = peak * ((1 - apart) * bell + apart * (bell - 1))
    return torch.where(inside > 0, mixed.abs(), WEAK * weights)


class _Frames:
    """Attention over time, at one cell."""

    def __init__(self, found: Map, *, rows: int, like: Tensor) -> None:
        inside = ordered(found.inside, kind="time", rows=rows).amax(dim=-1).to(like.device)
        bell = ordered(found.bell, kind="time", rows=rows).amax(dim=-1).to(like.device)
        self.inside = torch.maximum(inside[:, :, None], inside[:, None])
        self.bell = torch.maximum(bell[:, :, None], bell[:, None])
        frames = torch.arange(found.frames, device=like.device)
        self.apart = (frames[:, None] - frames).abs() / found.frames

    def __call__(self, scores: Tensor, *, first: int) -> Tensor:
        rows = slice(first, first + scores.shape[2])
        return pulled(
            self.bell[:, None, rows],
            inside=self.inside[:, None, rows],
            apart=self.apart[rows],
            weights=scores.softmax(dim=-1),
        )


class _SameCell:
    """Attention over all tokens: the pairs of one cell in two frames."""

    def __init__(self, found: Map, *, rows: int, like: Tensor) -> None:
        self.inside = ordered(found.inside, kind="video", rows=rows).amax(dim=-1).to(like.device)
        self.bell = ordered(found.bell, kind="video", rows=rows).amax(dim=-1).to(like.device)
        every = torch.arange(found.tokens, device=like.device)
        self.cell = every % (found.tokens // found.frames)
        self.frame = every // (found.tokens // found.frames)
        self.frames = found.frames

    def __call__(self, scores: Tensor, *, first: int) -> Tensor:
        rows = slice(first, first + scores.shape[2])
        weights = scores.softmax(dim=-1)
        pairs = (self.cell[rows, None] == self.cell) & (self.frame[rows, None] != self.frame)
        edited = pulled(
            torch.maximum(self.bell[:, None, rows, None], self.bell[:, None, None]),
            inside=torch.maximum(self.inside[:, None, rows, None], self.inside[:, None, None]),
            apart=(self.frame[rows, None] - self.frame).abs() / self.frames,
            weights=weights,
        )
        return torch.where(pairs, edited, weights)
