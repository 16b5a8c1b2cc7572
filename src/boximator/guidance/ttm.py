"""Time-to-Move: a crude clip made of the boxes leads the first part of sampling, longer inside the boxes.

Singer et al., "Time-to-Move: Training-Free Motion Controlled Video Generation via Dual-Clock Denoising", arXiv
2511.08633. The picture's content in each box is cut and dragged along (`boximator.guidance.reference`), the clip is
encoded and noised; sampling starts from it at the weak clock, and inside the moved boxes it is put back after every
step up to the strong clock. Needs only a scheduler and an encoder.

On `pocket` the reference is a state: the boxes' displacement at the cells of the first boxes, colours of the dragged
clip in every frame, "hidden" where a box comes to stand. So the "inside" is the first box in the channels of motion,
and the moved box in those of colour. There is no published clock for it: see `CLOCKS`.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from boximator.guidance.method import Ask, Guided, check_family
from boximator.guidance.reference import cut_and_drag
from boximator.guidance.regions import objects
from boximator.guidance.stage import Stage


@dataclass(frozen=True)
class Clock:
    """Of ``of`` steps, how many are led everywhere (weak) and how many inside the boxes (strong)."""

    weak: int
    strong: int
    of: int = 50

    def of_steps(self, steps: int) -> tuple[int, int]:
        """The same for another number of steps; the strong clock runs at least one step longer than the weak one."""
        weak = round(self.weak * steps / self.of)
        return weak, max(weak + 1, round(self.strong * steps / self.of))


CLOCKS = {
    "wan": Clock(weak=3, strong=7),
    "cogvideox": Clock(weak=4, strong=9),
    "svd": Clock(weak=16, strong=21),
    "animatediff": Clock(weak=3, strong=7),
    "pocket": Clock(weak=1, strong=6, of=8),
}
"""The authors' values for cut and drag; for AnimateDiff Wan's, for `pocket` our own: of five
pairs tried on five training clips the one whose objects came nearest to their boxes."""


@dataclass(frozen=True)
class TimeToMove:
    """``clock`` None takes that of the family."""

    clock: Clock | None = None

    name: ClassVar[str] = "ttm"
    paper: ClassVar[str] = (
        "Time-to-Move: Training-Free Motion Controlled Video Generation via Dual-Clock Denoising, arXiv 2511.08633"
    )
    families: ClassVar[tuple[str, ...]] = tuple(CLOCKS)

    @contextmanager
    def guiding(self, stage: Stage, *, ask: Ask) -> Generator[Guided]:
        """See `Method`."""
        check_family(self, stage=stage)
        reference = stage.encode(cut_and_drag(ask.picture, plan=ask.plan)).to(ask.noise)
        inside = stage.inside(ask.plan, slots=objects(ask.plan, first=True)).to(ask.noise.device)
        weak, strong = (self.clock or CLOCKS[stage.family]).of_steps(ask.steps)

        def after_step(step: int, latents: Tensor) -> Tensor:
            following = step + 1
            if following > max(weak, strong):
                return latents
            led = stage.levels.noised(reference, noise=ask.noise, step=following).to(latents)
            return led if following <= weak else latents.where(~inside, led)

        yield Guided(latents=ask.noise, after_step=after_step)
