from __future__ import annotations

from dataclasses import replace

import torch
from tiny_stages import case, fresh, noise
from torch import Tensor

from boximator.guidance.freetraj import APART, _Apart, guided_noise  # pyright: ignore[reportPrivateUsage]
from boximator.guidance.frequency import butterworth
from boximator.guidance.stage import Stage
from boximator.scene.box import Box
from boximator.scene.plan import plan
from boximator.scene.scene import Scene
from boximator.scene.track import Track


def sized(stage: Stage, *, rows: int, planes: int) -> Stage:
    """The same base for larger and longer clips, so that noise has low frequencies to look at."""
    shape = (1, len(stage.anchored), planes, rows, rows)
    return replace(stage, shape=shape, shows=tuple(range(planes)))


def low(planes: Tensor) -> Tensor:
    axes = (-3, -2, -1)
    passes = butterworth(tuple(planes.shape[-3:]), stops=(0.1, 0.25, 0.25))
    return torch.fft.ifftn(torch.fft.fftn(planes, dim=axes) * passes, dim=axes).real


def test_low_frequencies_of_the_noise_stay_with_the_box() -> None:
    made, _ = case("wan")
    stage = sized(made.stage, rows=32, planes=16)
    pinned = Scene(
        prompt="", frames=16, tracks=(Track.anchor(1, box=Box(0.25, 0.25, 0.75, 0.75), frames=16),)
    )
    ask = replace(fresh(made.ask), plan=plan(pinned, margin=0.0), noise=noise(*stage.shape))
    before, after = low(ask.noise), low(guided_noise(stage, ask=ask))

    box = (..., slice(8, 24), slice(8, 24))
    assert after[box].std() > 2 * before[box].std(), "one patch in all frames does not average out"
    assert abs(float(guided_noise(stage, ask=fresh(ask)).std()) - 1) < 0.1


def test_scores_between_object_and_rest_are_made_weak() -> None:
    groups = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]])
    scores = noise(1, 2, 3, 3)
    factor = torch.tensor([[1, APART, 1], [APART, 1, APART], [1, APART, 1]])
    assert torch.allclose(_Apart(groups)(scores, first=0), (scores * factor).softmax(-1))
    assert torch.allclose(_Apart(groups)(scores[:, :, 1:], first=1), (scores * factor)[:, :, 1:].softmax(-1))
