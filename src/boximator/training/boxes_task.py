"""Training the control module on a frozen `pocket`: the paper's three stages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from boximator.control.adapter import BoxAdapter
from boximator.data.constraints import Constrained, Constraints, constrain, draw_tracking
from boximator.data.example import Batch
from boximator.pocket.base import PocketBase
from boximator.pocket.schedule import noised, training_times
from boximator.pocket.state import decode, to_cells
from boximator.training.base_task import clean_state, state_loss
from boximator.training.preview import write_box_preview
from boximator.training.task import Loss
from boximator.training.trace import outline_share

BOXES_COLOUR_WEIGHT = 0.3
"""Boxes drawn on the target would else outweigh the motion that they are there to teach (LOG.md)."""


@dataclass(frozen=True)
class Stage:
    """One of the paper's stages: its share of the steps, its boxes, its factor on the learning rate."""

    share: float
    rule: Constraints
    rate: float


# arXiv 2402.01566, section 4.3: 50k + 50k + 10k steps at 2e-4, 3e-5, 3e-5. Shares and rates are scaled to
# short runs.
STAGES: tuple[Stage, ...] = (
    Stage(share=0.45, rule=Constraints(soft=0.0, drawn=True), rate=1.0),
    Stage(share=0.30, rule=Constraints(soft=0.8, drawn=True), rate=0.8),
    Stage(share=0.25, rule=Constraints(soft=0.8, drawn=False), rate=0.6),
)


JOINT: tuple[Stage, ...] = (Stage(share=1.0, rule=Constraints(soft=0.4, drawn=True, boxless=0.4), rate=1.0),)
"""For training the base together with an adapter that is thrown away: a base that has never been told where things go
does not listen to an adapter either (LOG.md)."""


def stage_ends(*, steps: int, stages: tuple[Stage, ...]) -> tuple[int, ...]:
    """After how many steps each stage ends."""
    shares = itertools.accumulate(stage.share for stage in stages)
    return (*(round(share * steps) for share in itertools.islice(shares, len(stages) - 1)), steps)


def stage_number(step: int, *, steps: int, stages: tuple[Stage, ...]) -> int:
    """The number of the stage in force at a step, from 1."""
    passed = sum(step >= end for end in stage_ends(steps=steps, stages=stages))
    return min(passed + 1, len(stages))


def stage_at(step: int, *, steps: int, stages: tuple[Stage, ...]) -> Stage:
    """The stage in force at a step."""
    return stages[stage_number(step, steps=steps, stages=stages) - 1]


class BoxesTask:
    """The adapter learns; the base stays as it is unless ``train_base`` (an ablation) says otherwise."""

    def __init__(
        self,
        base: PocketBase,
        *,
        adapter: BoxAdapter,
        steps: int,
        stages: tuple[Stage, ...] = STAGES,
        train_base: bool = False,
    ) -> None:
        self.base = base.requires_grad_(train_base)
        self.adapter = adapter
        self.steps = steps
        self.stages = stages
        self._trained = nn.ModuleDict({"adapter": adapter, "base": base}) if train_base else adapter
        adapter.attach(base.transformer)

    @property
    def trained(self) -> nn.Module:
        """The adapter (with the base, when that is trained too)."""
        return self._trained

    def rate(self, step: int) -> float:
        """Factor of the stage on the learning rate."""
        return stage_at(step, steps=self.steps, stages=self.stages).rate

    def milestone(self, step: int) -> bool:
        """Every stage is looked at when it ends."""
        return step in stage_ends(steps=self.steps, stages=self.stages)

    def constrained(self, batch: Batch, *, step: int, generator: torch.Generator) -> Constrained:
        """The boxes of a batch under the stage's rule."""
        rule = stage_at(step, steps=self.steps, stages=self.stages).rule
        return constrain(batch.boxes, present=batch.present, rule=rule, generator=generator)

    def loss(self, batch: Batch, *, step: int, generator: torch.Generator) -> Loss:
        """As for the base, with boxes given, and drawn on the target in the first two stages."""
        told = self.constrained(batch, step=step, generator=generator)
        drawn = stage_at(step, steps=self.steps, stages=self.stages).rule.drawn
        clean = clean_state(batch, colour=draw_tracking(batch.colour, constrained=told) if drawn else None)
        times = training_times(len(batch), generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        features = self.base.features(batch.picture, last=batch.last)
        state = noised(clean, noise=noise, times=times)
        predicted = self.adapter(
            told.condition, lambda: self.base(state, times=times, features=features, text=batch.text)
        )
        # Unweighted: what boxes decide is decided while the state is still mostly noise.
        loss = state_loss(
            predicted, clean=clean, weight=torch.ones(len(batch)), colour_weight=BOXES_COLOUR_WEIGHT
        )
        return replace(loss, parts={**loss.parts, "stage": self._stage(step)})

    def _stage(self, step: int) -> int:
        return stage_number(step, steps=self.steps, stages=self.stages)

    @torch.no_grad()
    def watch(self, batch: Batch, *, step: int) -> Mapping[str, float]:
        """Gate size, how much boxes change the answer (neither may stay at zero unnoticed), and their ``trace``.

        ``trace`` is the share of the cells under the boxes' outlines whose colour the model, given a noisy state
        without outlines, takes for the outline's (see `boximator.training.trace`).
        """
        generator = torch.Generator().manual_seed(0)
        told = self.constrained(batch, step=step, generator=generator)
        clean = clean_state(batch)
        times = torch.full((len(batch),), 0.9)
        state = noised(clean, noise=torch.randn(clean.shape, generator=generator), times=times)
        features = self.base.features(batch.picture, last=batch.last)
        answers: list[Tensor] = []
        for condition in (told.condition, None):
            with self.adapter.condition(condition):
                answers.append(self.base(state, times=times, features=features, text=batch.text))
        gates = self.adapter.gate_norms().values()
        trace = outline_share(
            decode(answers[0], first=to_cells(batch.picture)).colour,
            true=batch.colour,
            drawn=draw_tracking(batch.colour, constrained=told),
        )
        return {
            "gate": sum(gates) / max(1, len(gates)),
            "box_effect": _relative_change(answers[0], reference=answers[1]),
            "stage": self._stage(step),
        } | ({} if trace is None else {"trace": trace})

    def preview(self, folder: Path, *, step: int) -> None:
        """Sample held-out clips with and without their boxes."""
        write_box_preview(self.base, self.adapter, folder / f"{step:07d}.png")


def _relative_change(other: Tensor, *, reference: Tensor) -> float:
    """|other - reference| / |reference| as root mean squares."""
    return math.sqrt(float((other - reference).square().mean() / reference.square().mean().clamp_min(1e-12)))


def undrawn(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The same stages without self-tracking (the paper's ablation)."""
    return tuple(replace(stage, rule=replace(stage.rule, drawn=False)) for stage in stages)
