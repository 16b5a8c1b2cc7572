"""What the transformers that make videos from text alone share in training."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Film, Frame, film_tensor
from boximator.training.boxes.objective import Objective


class TextToVideoBase:
    """They make the first frame themselves, and encode all frames at once."""

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
