"""Mochi 1 in training (flow matching, told how clean its clip is instead of how noisy)."""

from __future__ import annotations

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Film, Latents, Told, device_of, film_tensor
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.plain import PlainBase


class MochiBase(PlainBase):
    """Its latents are brought to zero mean and unit size, channel by channel."""

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        vae = self.pipe.vae
        encoded = vae.encode(film_tensor(film, like=vae)).latent_dist.mode()[0].float()
        if vae.config.latents_mean is None or vae.config.latents_std is None:
            return encoded * vae.config.scaling_factor
        mean, std = (
            torch.tensor(values, device=encoded.device).view(-1, 1, 1, 1)
            for values in (vae.config.latents_mean, vae.config.latents_std)
        )
        return (encoded - mean) * vae.config.scaling_factor / std

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens, and their ``mask``."""
        pipe = self.pipe
        states, mask, *_ = pipe.encode_prompt(
            caption, do_classifier_free_guidance=False, device=device_of(pipe.text_encoder)
        )
        return {"text": states[0], "mask": mask[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        network = self.pipe.transformer
        return network(
            hidden_states=state.to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype),
            timestep=self.objective.timesteps(levels),
            encoder_attention_mask=told["mask"],
            return_dict=False,
        )[0].float()
