"""What a base was trained to answer, one small class for each kind, chosen by the pipeline's scheduler.

Every kind draws a noise level for a clip, mixes clip and noise, and says what the network is to answer; the loss is
the plain mean square of the difference, which for each of them is the weighting of its source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from jaxtyping import Float
from torch import Tensor

from boximator.scene.problem import Problem

Latents = Float[Tensor, "batch channels frames rows columns"]
Levels = Float[Tensor, " batch"]


class Objective(Protocol):
    """One kind of training. Levels are sigmas, or a scheduler's timesteps: each kind knows its own."""

    @property
    def name(self) -> str: ...

    def level(self, generator: torch.Generator) -> float:
        """Draw the noise level of one clip."""
        ...

    def noised(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """Clip and noise at these levels."""
        ...

    def shown(self, state: Latents, *, levels: Levels) -> Latents:
        """A noised state as the network gets it."""
        ...

    def wanted(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """What the network is to answer."""
        ...

    def timesteps(self, levels: Levels) -> Levels:
        """The levels as the network is told them."""
        ...


def _wide(levels: Levels) -> Float[Tensor, "batch 1 1 1 1"]:
    return levels.reshape(-1, 1, 1, 1, 1)


@dataclass(frozen=True)
class Flow:
    """Flow matching on a straight path: x_s = (1 - s) x + s n, the answer is n - x.

    Liu et al. 2022 (arXiv 2209.03003); levels by Esser et al. 2024 (arXiv 2403.03206): the logit of s is normal
    (section 3.1), then shifted for the size of the video (equation 23). Wan (arXiv 2503.20314) and LTX
    (arXiv 2501.00103) are trained so. ``inverted`` (Mochi): the network is told 1 - s and answers x - n.
    """

    shift: float = 1.0
    train_steps: int = 1000
    inverted: bool = False
    name: str = "flow matching"

    def level(self, generator: torch.Generator) -> float:
        """In (0, 1)."""
        s = float(torch.randn((), generator=generator).sigmoid())
        return self.shift * s / (1 + (self.shift - 1) * s)

    def noised(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """See `Objective`."""
        return (1 - _wide(levels)) * clean + _wide(levels) * noise

    def shown(self, state: Latents, *, levels: Levels) -> Latents:
        """As it is."""
        return state

    def wanted(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """The velocity from clip to noise, or back."""
        return clean - noise if self.inverted else noise - clean

    def timesteps(self, levels: Levels) -> Levels:
        """0 to 1000, not rounded."""
        return (1 - levels if self.inverted else levels) * self.train_steps


@dataclass(frozen=True, eq=False)
class Discrete:
    """Diffusion in steps: x_t = a x + b n with a^2 + b^2 = 1, all steps alike.

    The answer is the noise n (Ho et al. 2020, arXiv 2006.11239, equation 14), or v = a n - b x (Salimans and Ho
    2022, arXiv 2202.00512, appendix D). CogVideoX weighs the error of the clip by 1 / b^2, which is the plain
    error of v.
    """

    alphas_cumprod: Float[Tensor, " steps"]
    velocity: bool

    @property
    def name(self) -> str:
        return "v prediction" if self.velocity else "noise prediction"

    def level(self, generator: torch.Generator) -> float:
        """A timestep, a whole number."""
        return float(torch.randint(len(self.alphas_cumprod), (), generator=generator))

    def _mixture(self, levels: Levels) -> tuple[Tensor, Tensor]:
        kept = self.alphas_cumprod.to(levels.device, torch.float32)[levels.long()]
        return _wide(kept.sqrt()), _wide((1 - kept).sqrt())

    def noised(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """See `Objective`."""
        a, b = self._mixture(levels)
        return a * clean + b * noise

    def shown(self, state: Latents, *, levels: Levels) -> Latents:
        """As it is."""
        return state

    def wanted(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """The noise, or v."""
        a, b = self._mixture(levels)
        return a * noise - b * clean if self.velocity else noise

    def timesteps(self, levels: Levels) -> Levels:
        """As whole numbers."""
        return levels.long()


@dataclass(frozen=True)
class Edm:
    """EDM as Stable Video Diffusion has it: x_s = x + s n, and the network's answer F gives the clip as
    x_s / (s^2 + 1) - F s / sqrt(s^2 + 1).

    Karras et al. 2022 (arXiv 2206.00364, table 1) with the preconditioning and the noise of SVD (Blattmann et al.
    2023, arXiv 2311.15127, appendix D): ln s is normal with mean 0.7 and deviation 1.6. The weight
    (1 + s^2) / s^2 on the error of the clip is the plain error of F, whose right value is (n - s x) / sqrt(s^2 + 1).
    """

    mean: float = 0.7
    deviation: float = 1.6
    least: float = 0.002
    most: float = 700.0
    name: str = "EDM, v preconditioned"

    def level(self, generator: torch.Generator) -> float:
        """A sigma within what the scheduler knows."""
        drawn = math.exp(self.mean + self.deviation * float(torch.randn((), generator=generator)))
        return min(self.most, max(self.least, drawn))

    def noised(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """See `Objective`."""
        return clean + _wide(levels) * noise

    def shown(self, state: Latents, *, levels: Levels) -> Latents:
        """Brought to unit size."""
        return state / (_wide(levels).square() + 1).sqrt()

    def wanted(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """F."""
        s = _wide(levels)
        return (noise - s * clean) / (s.square() + 1).sqrt()

    def timesteps(self, levels: Levels) -> Levels:
        """A quarter of ln s."""
        return 0.25 * levels.log()


@dataclass(frozen=True)
class PlainEdm(Edm):
    """EDM as it was published (arXiv 2206.00364, table 1), for clips of the size ``data``, as Cosmos has it.

    x_s = x + s n is divided by sqrt(s^2 + d^2); the answer F gives the clip as
    x_s d^2 / (s^2 + d^2) + F s d / sqrt(s^2 + d^2), so its right value is (s x - d^2 n) / (d sqrt(s^2 + d^2)).
    The noise of Cosmos's own training was not found in print; ln s is drawn as for SVD, which is as wide as any.
    """

    data: float = 1.0
    name: str = "EDM"

    def shown(self, state: Latents, *, levels: Levels) -> Latents:
        """Brought to unit size."""
        return state / (_wide(levels).square() + self.data**2).sqrt()

    def wanted(self, clean: Latents, *, noise: Latents, levels: Levels) -> Latents:
        """F."""
        s, d = _wide(levels), self.data
        return (s * clean - d**2 * noise) / (d * (s.square() + d**2).sqrt())


def objective_of(scheduler: Any, *, shift: float | None = None) -> Objective:
    """What a pipeline with this scheduler was trained for.

    Args:
        scheduler: a diffusers scheduler.
        shift: of a flow, where it depends on the size of the video; by default the scheduler's.

    Raises:
        Problem: none of the kinds that are written.
    """
    config: Any = scheduler.config
    kind: str = config.get("prediction_type", "epsilon")
    if type(scheduler).__name__.startswith("FlowMatch") or kind == "flow_prediction":
        own = config.get("flow_shift") or config.get("shift") or 1.0
        inverted = bool(config.get("invert_sigmas"))
        return Flow(shift=shift or own, train_steps=config.num_train_timesteps, inverted=inverted)
    if config.get("timestep_type") == "continuous" and kind == "v_prediction":
        return Edm(least=config.get("sigma_min") or Edm.least, most=config.get("sigma_max") or Edm.most)
    if type(scheduler).__name__.startswith("EDM") and kind == "epsilon":
        return PlainEdm(least=config.sigma_min, most=config.sigma_max, data=config.sigma_data)
    if kind in ("epsilon", "v_prediction") and hasattr(scheduler, "alphas_cumprod"):
        return Discrete(scheduler.alphas_cumprod, velocity=kind == "v_prediction")
    raise Problem(
        given=f"The base's scheduler is a {type(scheduler).__name__} with prediction type {kind}",
        wanted="Flow matching, noise or v prediction, or SVD's EDM: what training is written for",
        fix="Load the base with the scheduler it was published with",
    )
