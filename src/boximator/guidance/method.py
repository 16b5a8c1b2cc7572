"""A training-free method as callers see it: asked, it makes a pipeline's call obey boxes inside a `with` block."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from boximator.guidance.stage import Stage
from boximator.guidance.words import Words
from boximator.scene.plan import ControlPlan
from boximator.scene.problem import Problem

AfterStep = Callable[[int, Tensor], Tensor]
"""Step that was just made, latents after it -> latents to go on with."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Ask:
    """What one generation is asked for.

    Attributes:
        plan: the boxes of every frame, not relaxed (`plan(scene, margin=0)`).
        picture: the first picture, in the size the base is called for.
        steps: denoising steps.
        noise: unit noise of `Stage.shape`, from which the generation would start.
        generator: where further randomness comes from.
        words: which of the prompt's tokens speak of which object; None leaves the text alone.
    """

    plan: ControlPlan
    picture: UInt8[np.ndarray, "height width 3"]
    steps: int
    noise: Tensor
    generator: torch.Generator
    words: Words | None = None


@dataclass(frozen=True)
class Guided:
    """What the pipeline's call needs, besides the hooks that are already on the base."""

    latents: Tensor
    after_step: AfterStep | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """For the call: ``pipe(..., **guided.arguments)``."""
        if self.after_step is None:
            return {"latents": self.latents}
        return {"latents": self.latents, "callback_on_step_end": self._callback}

    def _callback(
        self, _pipe: object, step: int, _timestep: object, values: dict[str, Any]
    ) -> dict[str, Any]:
        assert self.after_step is not None, "only given where there is one"
        return {"latents": self.after_step(step, values["latents"])}


class Method(Protocol):
    """One paper's method.

    Attributes:
        name: as it is written on the command line.
        paper: title and arXiv number.
        families: the bases it is made for here.
    """

    name: ClassVar[str]
    paper: ClassVar[str]
    families: ClassVar[tuple[str, ...]]

    def guiding(self, stage: Stage, *, ask: Ask) -> AbstractContextManager[Guided]:
        """Everything inside the `with` block obeys; after it the base is bit for bit what it was.

        Raises:
            Problem: a base of another family, or a scene without a box.
        """
        ...


def check_family(method: Method, *, stage: Stage) -> None:
    """Refuse a base that the method is not made for."""
    if stage.family not in method.families:
        raise Problem(
            given=f"The method {method.name} was asked for on a base of the family {stage.family}",
            wanted=f"It works on {', '.join(method.families)}",
            fix="Take one of these bases, or another method (docs/training-free.md lists them)",
        )


def share_of_steps(count: int, *, of: int, steps: int) -> int:
    """A paper's "first ``count`` of ``of`` steps" when there are ``steps``: the same share, one at least."""
    return max(1, round(count * steps / of))
