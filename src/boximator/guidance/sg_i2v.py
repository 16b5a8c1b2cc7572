"""SG-I2V: the noisy latents are optimised until the network's features in the moved boxes are those of frame 0.

Namekata et al., "SG-I2V: Self-Guided Trajectory Control in Image-to-Video Generation", arXiv 2411.04989. Made for
Stable Video Diffusion. In the early middle of sampling the network runs with frame 0's keys and values in all frames,
so that features of all frames can be compared; the latents are moved so that what stands in each moved box has the
features of its first box. High frequencies of the latents are kept.

On `pocket` frame 0 is in no latent frame. Its features are taken from a second video in the batch, "the first picture
stands still" at the same noise level, whose keys and values all latent frames look at. A latent frame holds five
frames and is compared at the box of its middle one. Its tokens speak of the motion of their own place as much as of
what has come to stand there, so features are a poorer guide than in a base of pictures.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from boximator.guidance.features import Features, Reader
from boximator.guidance.frequency import blended
from boximator.guidance.method import Ask, Guided, check_family
from boximator.guidance.regions import objects, track_boxes
from boximator.guidance.stage import Stage
from boximator.guidance.watch import watching
from boximator.scene.plan import ControlPlan

FIRST, LAST, OF_STEPS = 5, 20, 50
"""Steps that begin with optimised latents; the authors count the remaining ones, 45 to 30."""

UPDATES = 5
RATE = 0.21
SIGMA = 0.4
"""Of the Gaussian weight in a box, in half sides."""

STOP = 0.5
"""Of the low-pass filter that takes the optimised latents' low frequencies."""

_SAMPLES = 16
"""Points across a box at which features are compared."""


@dataclass(frozen=True)
class SgI2v:
    """One video at a time."""

    updates: int = UPDATES
    rate: float = RATE

    name: ClassVar[str] = "sg-i2v"
    paper: ClassVar[str] = (
        "SG-I2V: Self-Guided Trajectory Control in Image-to-Video Generation, arXiv 2411.04989"
    )
    families: ClassVar[tuple[str, ...]] = ("pocket", "svd", "wan")

    @contextmanager
    def guiding(self, stage: Stage, *, ask: Ask) -> Generator[Guided]:
        """See `Method`."""
        check_family(self, stage=stage)
        objects(ask.plan, first=True)
        first = max(1, round(FIRST * ask.steps / OF_STEPS))
        last = max(first, round(LAST * ask.steps / OF_STEPS))
        reader = Reader(stage, noise=ask.noise)
        with watching(stage.denoisers) as watch:

            def after_step(step: int, latents: Tensor) -> Tensor:
                if not first <= step + 1 <= last:
                    return latents
                call = watch.first
                assert call is not None, "a step was made"
                moved = latents.detach().float().clone().requires_grad_()
                optimiser = torch.optim.AdamW([moved], lr=self.rate)
                with torch.enable_grad(), watch.aside():
                    for _ in range(self.updates):
                        features = reader.read(call, latents=moved, step=step + 1)
                        loss = mismatch(features, stage=stage, plan=ask.plan)
                        (moved.grad,) = torch.autograd.grad(loss, [moved])
                        optimiser.step()
                planes = stage.layout.unpack(moved.detach())
                before = stage.layout.unpack(latents.float())
                return stage.layout.pack(blended(planes, high=before, stops=(STOP, STOP))).to(latents)

            yield Guided(latents=ask.noise, after_step=after_step)


def mismatch(features: Features, *, stage: Stage, plan: ControlPlan) -> Float[Tensor, ""]:
    """Weighted mean square of what features in the moved boxes lack of frame 0's in the first box. A box of another
    size than the first (an extension of the paper) is compared at the same relative points."""
    start = 1 if stage.still is None else 0
    across = (torch.arange(_SAMPLES, device=features.first.device) + 0.5) / _SAMPLES
    points = torch.stack(torch.meshgrid(across, across, indexing="xy"), dim=-1)
    weight = torch.exp(-((2 * points - 1) ** 2).sum(dim=-1) / (2 * SIGMA**2))
    total, count = features.frames.new_zeros(()), 0
    for slot in objects(plan, first=True):
        boxes, shown = (each.to(points.device) for each in track_boxes(plan, slot=slot))
        wanted = sampled(features.first, points=placed(points, box=boxes[0]))
        for latent in range(start, stage.latents):
            frame = stage.middle(latent)
            if shown[frame]:
                seen = sampled(features.frames[latent], points=placed(points, box=boxes[frame]))
                square = ((seen - wanted) ** 2).mean(dim=0)
                total, count = total + (weight * square).sum() / weight.sum(), count + 1
    return total / max(count, 1)


def placed(
    points: Float[Tensor, "rows columns 2"], *, box: Float[Tensor, "4"]
) -> Float[Tensor, "rows columns 2"]:
    """Points given in shares of a box, in shares of the frame."""
    return box[:2] + points * (box[2:] - box[:2])


def sampled(
    features: Float[Tensor, "channels rows columns"], *, points: Float[Tensor, "h w 2"]
) -> Float[Tensor, "channels h w"]:
    """Bilinear values; beyond the middles of the outermost cells theirs."""
    grid = (2 * points - 1)[None].to(features.dtype)
    return functional.grid_sample(
        features[None], grid, mode="bilinear", padding_mode="border", align_corners=False
    )[0]
