"""Peekaboo: in the first steps foreground and background do not look at each other.

Jain et al., "PEEKABOO: Interactive Video Generation via Masked-Diffusion", arXiv 2312.07509. Made for text-to-video
U-Nets (ZeroScope, ModelScope). Attention within a frame and over time meets only what is of the same object, or of the
background as well; an object's cells read only its own words, the background only the others. On networks with full
3-D attention both rules are one: tokens meet that are of one object, whatever their frames.

On `pocket` an object's tokens are those of its first box, which hold its motion, and those of the boxes that the
latent frame's five frames ask for, which hold its colours.
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
from boximator.guidance.places import Places, ordered, with_ground
from boximator.guidance.sites import WORDS, Kind, Site, sites
from boximator.guidance.stage import Stage
from boximator.guidance.watch import watching
from boximator.guidance.words import Words

STEPS, OF_STEPS = 2, 50
BARRED = -10_000.0
"""Added to the scores of what may not be seen."""


@dataclass(frozen=True)
class Peekaboo:
    """``steps`` of 50 are masked: more of them obey better and look worse (the authors' README)."""

    steps: int = STEPS

    name: ClassVar[str] = "peekaboo"
    paper: ClassVar[str] = "PEEKABOO: Interactive Video Generation via Masked-Diffusion, arXiv 2312.07509"
    families: ClassVar[tuple[str, ...]] = ("pocket", "svd", "unet3d", "animatediff", "wan", "cogvideox")

    @contextmanager
    def guiding(self, stage: Stage, *, ask: Ask) -> Generator[Guided]:
        """See `Method`."""
        check_family(self, stage=stage)
        places = Places(stage, plan=ask.plan)
        masked = share_of_steps(self.steps, of=OF_STEPS, steps=ask.steps)
        every = [site for denoiser in stage.denoisers for site in sites(denoiser)]
        with watching(stage.denoisers) as watch:

            def make(site: Site) -> Attend | None:
                if watch.step >= masked or (site.kind in WORDS and ask.words is None):
                    return None
                return partial(_masked, kind=site.kind, places=places, words=ask.words, batch=watch.batch)

            with editing(every, make=make, method=self.name):
                yield Guided(latents=ask.noise)


def _masked(
    query: Tensor, key: Tensor, value: Tensor, *, kind: Kind, places: Places, words: Words | None, batch: int
) -> Tensor:
    """Attention in which only those meet that share a group."""
    rows, tokens = query.shape[0], query.shape[2]
    found = places.at(kind, tokens=tokens, rows=rows, batch=batch)
    own = with_ground(ordered(found.inside, kind=kind, rows=rows)).to(query.device)
    if kind in WORDS:
        if words is None or key.shape[2] != words.count:  # not text: a picture's tokens
            return functional.scaled_dot_product_attention(query, key, value)
        return weighed(query, key, value, weigh=_Bar(own, readable(words).to(query.device)[None]))
    if kind == "joint":
        text = own.new_ones(rows, tokens - found.tokens, own.shape[2])
        read = text if words is None else readable(words).to(query.device).expand_as(text)
        return weighed(query, key, value, weigh=_Bar(torch.cat([text, own], 1), torch.cat([read, own], 1)))
    return weighed(query, key, value, weigh=_Bar(own, own))


def readable(words: Words) -> Float[Tensor, "tokens groups"]:
    """Which tokens each object reads, and in the last column the background. Nobody reads the mark of the start (as
    in the authors' code); an object that the prompt does not name reads all the rest."""
    subjects = words.table()
    groups = torch.cat([subjects, ~subjects.any(dim=0, keepdim=True)])
    groups[:-1][~subjects.any(dim=1)] = True
    if words.opened:
        groups[:, 0] = False
    return groups.float().T


class _Bar:
    """Softmax over those keys that share a group with the query."""

    def __init__(
        self, asking: Float[Tensor, "rows queries groups"], answering: Float[Tensor, "rows keys groups"]
    ) -> None:
        self.asking = asking
        self.answering = answering.transpose(-1, -2)

    def __call__(self, scores: Tensor, *, first: int) -> Tensor:
        asking = self.asking[:, first : first + scores.shape[2]]
        apart = (asking @ self.answering) == 0
        return (scores + BARRED * apart[:, None]).softmax(dim=-1)
