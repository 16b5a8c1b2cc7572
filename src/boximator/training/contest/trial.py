"""One held-out clip and what a trained entry makes of it: guesses at noise times, and a sample."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.data.stream import StreamConfig
from boximator.pocket.base import PocketBase
from boximator.pocket.sample import Given, denoise
from boximator.pocket.schedule import noised
from boximator.pocket.text import TextEncoder
from boximator.training.contest.shot import Needs, Shot, film, make_shot
from boximator.training.contest.state import State
from boximator.world.clip import Clip

TIMES = (0.3, 0.6, 0.9)
GUIDANCE = 1.25
HELD_OUT = StreamConfig(batch=1, split="heldout", textless=0, perturb=0, last=0)

Frames = UInt8[np.ndarray, "later height width 3"]


@dataclass(frozen=True)
class Trial:
    """Frames 1 to T-1 of a clip, drawn from its true state (``ceiling``), from guesses, and from a sample."""

    clip: Clip
    ceiling: Frames
    guesses: dict[float, Frames]
    sample: Frames


def trials(base: PocketBase, *, state: State, clips: int, steps: int, text: TextEncoder) -> Generator[Trial]:
    """The first held-out clips, one after another; the noise is a function of the clip's number."""
    base.eval()
    for number in range(clips):
        clip = film(number, config=HELD_OUT, needs=state.needs)
        rng = np.random.default_rng(number)
        shot = make_shot([clip], rng=rng, config=HELD_OUT, needs=state.needs, text=text)
        # All are judged with the flow of every pixel, whichever they learn from.
        exact = clip if state.needs.backward else film(number, config=HELD_OUT, needs=Needs(backward=True))
        yield _trial(exact, shot=shot, base=base, state=state, steps=steps)


@torch.no_grad()
def _trial(clip: Clip, *, shot: Shot, base: PocketBase, state: State, steps: int) -> Trial:
    clean = state.encode(shot)
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(clip.seed))
    features = base.features(shot.picture, last=shot.batch.last)

    def drawn(latent: Float[Tensor, "1 channels latent rows columns"]) -> Frames:
        return state.render(latent, shot=shot)[0]

    guesses: dict[float, Frames] = {}
    for time in TIMES:
        times = torch.tensor([time])
        seen = noised(clean, noise=noise, times=times)
        guesses[time] = drawn(base(seen, times=times, features=features, text=shot.batch.text))
    given = Given(features=features, text=shot.batch.text, negative_text=torch.zeros_like(shot.batch.text))
    sampled = denoise(base, given=given, noise=noise, steps=steps, guidance=GUIDANCE)
    return Trial(clip=clip, ceiling=drawn(clean), guesses=guesses, sample=drawn(sampled))
