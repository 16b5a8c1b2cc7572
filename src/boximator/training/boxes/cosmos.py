"""Cosmos-1 from text in training (EDM)."""

from __future__ import annotations

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Film, Latents, Told, device_of, film_tensor
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.plain import PlainBase

FPS = 30
"""What the pipeline tells the network unless asked otherwise."""


class CosmosBase(PlainBase):
    """It is told the frame rate, and which pixels are padding: none."""

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`; every channel and latent frame has a mean and size of its own."""
        vae, data = self.pipe.vae, self.pipe.scheduler.config.sigma_data
        encoded = vae.encode(film_tensor(film, like=vae)).latent_dist.mode()[0].float()
        if vae.config.latents_mean is None:
            return encoded * data
        mean, std = (
            torch.tensor(values, device=encoded.device).view(vae.config.latent_channels, -1, 1, 1)[
                :, : encoded.shape[1]
            ]
            for values in (vae.config.latents_mean, vae.config.latents_std)
        )
        return (encoded - mean) * data / std

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens."""
        pipe = self.pipe
        states, _ = pipe.encode_prompt(
            caption, do_classifier_free_guidance=False, device=device_of(pipe.text_encoder)
        )
        return {"text": states[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        network, side = self.pipe.transformer, self.pipe.vae_scale_factor_spatial
        rows, columns = state.shape[3:]
        return network(
            hidden_states=state.to(network.dtype),
            timestep=self.objective.timesteps(levels).to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype),
            fps=FPS,
            padding_mask=state.new_zeros(1, 1, rows * side, columns * side, dtype=network.dtype),
            return_dict=False,
        )[0].float()
