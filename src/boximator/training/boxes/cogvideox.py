"""CogVideoX 2b, 5b, 5b-I2V and 1.5 in training (v prediction)."""

from __future__ import annotations

from typing import Any

import torch
from einops import rearrange
from torch import Tensor
from torch.nn.functional import pad

from boximator.scene.problem import Problem
from boximator.training.boxes.latent_base import Film, Frame, Latents, Told, device_of, film_tensor
from boximator.training.boxes.objective import Levels, Objective
from boximator.training.boxes.plain import PlainBase

OFFSET = 2.0
"""What 1.5's pipeline from a picture tells the network of its own."""


class CogVideoXBase(PlainBase):
    """A picture, where it takes one, is the first of further latents, the others of which are zero.

    1.5 has two latent frames in a token; its own pipeline makes one too many where that does not fit.
    """

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        super().__init__(pipe, objective=objective)
        config: Any = pipe.transformer.config
        self.pictured: bool = config.in_channels == 2 * pipe.vae.config.latent_channels
        self.together: int = config.patch_size_t or 1
        self.told_of_size: bool = config.ofs_embed_dim is not None

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        vae = self.pipe.vae
        encoded = vae.encode(film_tensor(film, like=vae)).latent_dist.mode()[0].float()
        if len(film) > 1 and encoded.shape[1] % self.together:
            step = vae.config.temporal_compression_ratio * self.together
            raise Problem(
                given=f"The clips have {len(film)} frames, {encoded.shape[1]} in latents",
                wanted=f"Latents that are a multiple of {self.together}: CogVideoX 1.5 has so many in a token",
                fix=f"Give --frames {max(1, len(film) // step) * step - step // self.together + 1}",
            )
        return encoded * vae.config.scaling_factor

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens."""
        pipe = self.pipe
        longest: int = pipe.transformer.config.max_text_seq_length
        states, _ = pipe.encode_prompt(
            caption,
            do_classifier_free_guidance=False,
            device=device_of(pipe.text_encoder),
            max_sequence_length=longest,
        )
        return {"text": states[0]}

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """``picture``: latents of one frame; 5b's own were trained without multiplying by the factor."""
        if not self.pictured:
            return {}
        factor: float = self.pipe.vae.config.scaling_factor
        latents = self.latents(first[None])
        return {"picture": latents / factor**2 if self.pipe.vae.config.invert_scale_latents else latents}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        network, pipe = self.pipe.transformer, self.pipe
        x = rearrange(state, "b c f h w -> b f c h w")
        if self.pictured:
            picture = rearrange(told["picture"].to(x), "b c f h w -> b f c h w")
            x = torch.cat([x, pad(picture, (0, 0, 0, 0, 0, 0, 0, x.shape[1] - picture.shape[1]))], dim=2)
        rotary = None
        if network.config.use_rotary_positional_embeddings:
            side: int = pipe.vae_scale_factor_spatial
            size = (x.shape[3] * side, x.shape[4] * side)
            rotary = pipe._prepare_rotary_positional_embeddings(*size, x.shape[1], x.device)
        answered = network(
            hidden_states=x.to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype),
            timestep=self.objective.timesteps(levels),
            image_rotary_emb=rotary,
            ofs=state.new_full((1,), OFFSET).to(network.dtype) if self.told_of_size else None,
            return_dict=False,
        )[0]
        return rearrange(answered.float(), "b f c h w -> b c f h w")
