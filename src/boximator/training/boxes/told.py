"""What a base and an adapter are told of a clip in one step; all randomness is the clip's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from boximator.control.condition import Condition
from boximator.data.constraints import Constraints, softened
from boximator.scene.colours import SLOTS
from boximator.training.boxes.lesson import Lesson, stacked
from boximator.training.boxes.objective import Objective


def clip_generator(seed: int, *, step: int, place: int) -> torch.Generator:
    """The randomness of the ``place``-th clip of a step.

    So a step is the same however many processes share its clips.
    """
    return torch.Generator().manual_seed(((seed * 1_000_003 + step) * 4099 + place) % 2**63)


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """What one call of the network needs; the first axis of every tensor is the clip."""

    clean: Tensor
    noise: Tensor
    levels: Tensor
    told: Mapping[str, Tensor]
    condition: Condition


def step_of(
    lesson: Lesson,
    *,
    rule: Constraints,
    objective: Objective,
    blank: Mapping[str, Tensor],
    textless: float,
    generator: torch.Generator,
) -> Step:
    """One clip of a step: its target, noise, level, text and boxes.

    The box of frame 0 stays hard, as the one that a person draws round an object of a picture does. A clip
    without boxes (a share of them) has none drawn on its target.
    """
    frames = len(lesson.boxes)
    boxed = float(torch.rand((), generator=generator)) >= rule.boxless
    wordless = float(torch.rand((), generator=generator)) < textless
    soft = torch.rand((frames, SLOTS), generator=generator) < rule.soft
    soft[0] = False
    condition = Condition(
        boxes=softened(lesson.boxes, soft=soft, generator=generator)[None],
        colours=lesson.colours[None],
        hard=~soft[None],
        present=(lesson.present & boxed).expand(frames, -1)[None],
    )
    target = (lesson.drawn if rule.drawn and boxed else lesson.clean).float()
    told = {**lesson.told, **blank} if wordless else lesson.told
    return Step(
        clean=target[None],
        noise=torch.randn(target.shape, generator=generator)[None],
        levels=torch.tensor([objective.level(generator)], dtype=torch.float32),
        told={name: value[None] for name, value in told.items()},
        condition=condition,
    )


def together(steps: list[Step], *, device: torch.device) -> Step:
    """Clips side by side, on a device."""
    told = stacked([{name: value[0] for name, value in step.told.items()} for step in steps])
    return Step(
        clean=torch.cat([step.clean for step in steps]).to(device),
        noise=torch.cat([step.noise for step in steps]).to(device),
        levels=torch.cat([step.levels for step in steps]).to(device),
        told={name: value.to(device) for name, value in told.items()},
        condition=Condition.stack([step.condition for step in steps]).to(device),
    )
