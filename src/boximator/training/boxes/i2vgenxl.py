"""I2VGen-XL in training (noise or v prediction, as its scheduler says)."""

from __future__ import annotations

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from boximator.training.boxes.latent_base import (
    Frame,
    Latents,
    Told,
    device_of,
    film_tensor,
)
from boximator.training.boxes.objective import Levels, Objective
from boximator.training.boxes.plain import FramewiseBase

FPS = 16
"""What the pipeline tells the network unless asked otherwise."""


class I2vgenxlBase(FramewiseBase):
    """The picture goes in twice: by CLIP, and as latents, of which frames after the first hold only their place."""

    pictured = True

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        super().__init__(pipe, objective=objective)
        pipe._guidance_scale = 1.0  # its parts ask whether there are two branches

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens after the last layer but one, as its pipeline takes them."""
        pipe, encoder = self.pipe, self.pipe.text_encoder
        tokens = pipe.tokenizer(
            caption,
            padding="max_length",
            max_length=pipe.tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        ).input_ids.to(device_of(encoder))
        states = encoder(tokens, output_hidden_states=True).hidden_states[-2]
        inner = getattr(encoder, "text_model", encoder)  # transformers 5 has no such inner module any more
        return {"text": inner.final_layer_norm(states)[0]}

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """``picture``: latents for every frame; ``seen``: what CLIP sees."""
        pipe = self.pipe
        size = pipe.feature_extractor.crop_size
        small = _square(Image.fromarray(first)).resize(
            (size["width"], size["height"]), Image.Resampling.BILINEAR
        )
        pixels = film_tensor(first[None], like=pipe.vae)[:, :, 0]
        latents = pipe.vae.encode(pixels).latent_dist.mode().float() * pipe.vae.config.scaling_factor
        places = torch.arange(1, frames, device=latents.device) / (frames - 1)
        later = places.view(1, 1, -1, 1, 1).expand(1, latents.shape[1], -1, *latents.shape[2:])
        return {
            "picture": torch.cat([latents[:, :, None], later], dim=2)[0],
            "seen": pipe._encode_image(small, device_of(pipe.image_encoder), 1)[0],
        }

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        unet = self.pipe.unet
        return unet(
            state.to(unet.dtype),
            self.objective.timesteps(levels),
            encoder_hidden_states=told["text"].to(unet.dtype),
            fps=torch.full((len(state),), FPS, device=state.device),
            image_latents=told["picture"].to(unet.dtype),
            image_embeddings=told["seen"].to(unet.dtype),
            return_dict=False,
        )[0].float()


def _square(picture: Image.Image) -> Image.Image:
    """The middle square, as large as the picture is wide: what its pipeline shows CLIP."""
    side, least = picture.width, min(1.0, picture.height / picture.width)
    wide, high = round(picture.width // least), round(picture.height // least)
    left, top = (wide - side) // 2, (high - side) // 2
    return picture.resize((wide, high), Image.Resampling.BOX).crop((left, top, left + side, top + side))
