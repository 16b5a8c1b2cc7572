"""Stable Video Diffusion in training (image to video, EDM)."""

from __future__ import annotations

import torch
from einops import rearrange, repeat
from PIL import Image
from torch import Tensor

from boximator.training.boxes.latent_base import Frame, Latents, Told, device_of
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.plain import FramewiseBase

FPS, BUCKET, AUGMENTED = 7, 127, 0.02
"""Micro-conditioning: what the pipeline tells the network unless asked otherwise."""


class SvdBase(FramewiseBase):
    """Its picture is a CLIP vector and latents on further channels; a little noise is on it, as in generation."""

    pictured = True

    def words(self, caption: str) -> dict[str, Tensor]:
        """It does not read."""
        return {}

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """``embedding`` (1, width) and unscaled ``picture`` latents, by the pipeline's own code."""
        pipe = self.pipe
        seen = pipe._encode_image(Image.fromarray(first), device_of(pipe.image_encoder), 1, False)
        pixels = torch.from_numpy(first).permute(2, 0, 1)[None].float() / 127.5 - 1
        pixels = pixels + AUGMENTED * torch.randn(pixels.shape, generator=generator)
        return {
            "embedding": seen[0],
            "picture": pipe._encode_vae_image(pixels, device_of(pipe.vae), 1, False)[0],
        }

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        unet = self.pipe.unet
        x = rearrange(state, "b c f h w -> b f c h w")
        picture = repeat(told["picture"], "b c h w -> b f c h w", f=x.shape[1])
        ids = torch.tensor([[FPS - 1, BUCKET, AUGMENTED]], device=x.device).expand(len(x), -1)
        answered = unet(
            torch.cat([x, picture.to(x)], dim=2).to(unet.dtype),
            self.objective.timesteps(levels),
            encoder_hidden_states=told["embedding"].to(unet.dtype),
            added_time_ids=ids.to(unet.dtype),
            return_dict=False,
        )[0]
        return rearrange(answered.float(), "b f c h w -> b c f h w")
