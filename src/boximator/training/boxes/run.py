"""All that one training of an adapter on a diffusers base needs, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from boximator.data.constraints import Constraints
from boximator.scene.problem import Problem
from boximator.training.boxes_task import Stage, undrawn

Precision = Literal["float32", "bfloat16"]

STAGES: tuple[Stage, ...] = (
    Stage(share=5 / 11, rule=Constraints(soft=0.0, drawn=True), rate=1.0),
    Stage(share=5 / 11, rule=Constraints(soft=0.8, drawn=True), rate=0.15),
    Stage(share=1 / 11, rule=Constraints(soft=0.8, drawn=False), rate=0.15),
)
"""arXiv 2402.01566, section 4.3: 50k, 50k and 10k steps at 2e-4, 3e-5 and 3e-5."""


@dataclass(frozen=True, kw_only=True)
class BoxesRun:
    """One training.

    Attributes:
        base: hub id or folder of the pipeline.
        revision: of the hub id.
        folder: where checkpoints, curve and the adapter go.
        cache: where encoded clips are kept.
        steps: of the optimiser, in all.
        batch: clips of one step, over all processes.
        micro: clips that one process takes at a time; the rest is gradient accumulation.
        clips: how many different clips of the world there are; they come again, in another order.
        data: folder or URL of a dataset (`boximator annotate`) whose clips are taken instead of the world's.
        views: different random cuts of each of its clips.
        frames, size: of the videos, (height, width); as the base can make them.
        rate: learning rate of the first stage, after `warmup` steps.
        clip: largest norm of the gradients.
        textless: share of clips whose caption is left out.
        self_tracking: draw the boxes on the target in the first two stages.
        precision: of the frozen base; the adapter is trained in float32.
        checkpointing: save memory by computing the base's blocks twice, where its class can.
    """

    base: str
    folder: Path
    cache: Path
    revision: str | None = None
    steps: int = 10_000
    batch: int = 8
    micro: int = 1
    clips: int = 4096
    data: str | None = None
    views: int = 1
    frames: int = 16
    size: tuple[int, int] = (256, 448)
    rate: float = 2e-4
    warmup: int = 100
    clip: float = 1.0
    textless: float = 0.1
    seed: int = 0
    self_tracking: bool = True
    precision: Precision = "float32"
    checkpointing: bool = True
    save_every: int = 500
    log_every: int = 10

    @property
    def stages(self) -> tuple[Stage, ...]:
        return STAGES if self.self_tracking else undrawn(STAGES)

    def accumulation(self, processes: int) -> int:
        """How often a process computes gradients in one step.

        Raises:
            Problem: the batch cannot be shared out evenly.
        """
        at_once = processes * self.micro
        if self.batch % at_once:
            raise Problem(
                given=f"A batch of {self.batch} clips for {processes} process(es) that take {self.micro} at a time",
                wanted=f"A batch that is a multiple of {at_once}",
                fix=f"Use --batch {at_once * max(1, round(self.batch / at_once))}",
            )
        return self.batch // at_once

    def settled(self) -> dict[str, object]:
        """What a run that is resumed must not change. How it is shared out over machines may."""
        names = ("steps", "batch", "clips", "frames", "rate", "warmup", "clip", "textless", "seed")
        told: dict[str, object] = {
            name: getattr(self, name) for name in (*names, "self_tracking", "precision")
        }
        told |= {} if self.data is None else {"data": Path(self.data).name, "views": self.views}
        return {"base": Path(self.base).name, **told, "size": list(self.size)}
