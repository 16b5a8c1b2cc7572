"""What most bases share in training; each family's own file says where it differs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Film, Frame, encoded_frames, film_tensor
from boximator.training.boxes.objective import Objective


class PlainBase:
    """It is told nothing of the first frame, makes every latent frame, and encodes all frames at once."""

    pictured = False
    given = 0
    one_at_a_time = False

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        self.pipe = pipe
        self.objective = objective

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        vae = self.pipe.vae
        return (
            vae.encode(film_tensor(film, like=vae)).latent_dist.mode()[0].float() * vae.config.scaling_factor
        )

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """Nothing."""
        return {}


class FramewiseBase(PlainBase):
    """The same with a picture autoencoder, one frame after the other."""

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        return encoded_frames(self.pipe.vae, film)
