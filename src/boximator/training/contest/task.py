"""Training the embedded base on any state."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from boximator.pocket.base import PocketBase
from boximator.pocket.schedule import loss_weight, noised, training_times
from boximator.training.contest.shot import Shot
from boximator.training.contest.state import Group, State
from boximator.training.task import Loss


def group_loss(
    predicted: Float[Tensor, "batch channels latent rows columns"],
    *,
    clean: Float[Tensor, "batch channels latent rows columns"],
    weight: Float[Tensor, " batch"],
    groups: tuple[Group, ...],
) -> Loss:
    """Squared error of the clean state: the mean of every group times its weight, times the video's ``weight``."""
    errors = (predicted - clean).square().split([group.channels for group in groups], dim=1)
    means = [error.mean(dim=(1, 2, 3, 4)) for error in errors]
    total = sum((group.weight * mean for group, mean in zip(groups, means, strict=True)), torch.zeros(()))
    parts = {group.name: mean.mean().item() for group, mean in zip(groups, means, strict=True)}
    return Loss(total=(weight * total).mean(), parts=parts)


class StateTask:
    """One entry's training: as `boximator.training.base_task`, but for the state."""

    def __init__(self, base: PocketBase, *, state: State) -> None:
        self.trained = base
        self.state = state

    def loss(self, shot: Shot, *, generator: torch.Generator) -> Loss:
        """Noise the clean state at a random time and predict it back."""
        clean = self.state.encode(shot)
        times = training_times(len(shot.batch), generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        features = self.trained.features(shot.picture, last=shot.batch.last)
        predicted = self.trained(
            noised(clean, noise=noise, times=times), times=times, features=features, text=shot.batch.text
        )
        return group_loss(predicted, clean=clean, weight=loss_weight(times), groups=self.state.groups)
