"""LTX-Video in training (flow matching), from text or from a picture."""

from __future__ import annotations

import inspect
import math
from typing import Any

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Film, Frame, Latents, Told, device_of, film_tensor
from boximator.training.boxes.objective import Levels, Objective
from boximator.training.boxes.plain import PlainBase

FPS = 25
"""What the pipeline tells the network unless asked otherwise."""


def shift_of(config: Any, *, tokens: int) -> float:
    """How far levels are shifted for so many tokens (arXiv 2501.00103; `calculate_shift` of its pipeline)."""
    least, most = config.get("base_image_seq_len", 256), config.get("max_image_seq_len", 4096)
    low, high = config.get("base_shift", 0.5), config.get("max_shift", 1.15)
    return math.exp(low + (high - low) * (tokens - least) / (most - least))


class LtxBase(PlainBase):
    """The picture is the first latent frame, whose tokens are told the time 0."""

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        super().__init__(pipe, objective=objective)
        self.pictured = "image" in inspect.signature(type(pipe).__call__).parameters
        self.given = int(self.pictured)
        self.patch: tuple[int, int] = (
            pipe.transformer_spatial_patch_size,
            pipe.transformer_temporal_patch_size,
        )
        self.scale = (
            pipe.vae_temporal_compression_ratio / FPS,
            pipe.vae_spatial_compression_ratio,
            pipe.vae_spatial_compression_ratio,
        )

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        vae = self.pipe.vae
        encoded = vae.encode(film_tensor(film, like=vae)).latent_dist.mode().float()
        return self.pipe._normalize_latents(
            encoded, vae.latents_mean, vae.latents_std, vae.config.scaling_factor
        )[0]

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens, and their ``mask``."""
        pipe = self.pipe
        states, mask, *_ = pipe.encode_prompt(
            caption, do_classifier_free_guidance=False, device=device_of(pipe.text_encoder)
        )
        return {"text": states[0], "mask": mask[0]}

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """``picture``: the first latent frame."""
        return {"picture": self.latents(first[None])} if self.pictured else {}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        pipe, network = self.pipe, self.pipe.transformer
        frames, rows, columns = state.shape[2:]
        times = self.objective.timesteps(levels)[:, None, None, None, None].expand(
            -1, 1, frames, rows, columns
        )
        x = state
        if self.pictured:
            x = torch.cat([told["picture"].to(x), x[:, :, 1:]], dim=2)
            times = torch.cat([torch.zeros_like(times[:, :, :1]), times[:, :, 1:]], dim=2)
        answered = network(
            hidden_states=pipe._pack_latents(x, *self.patch).to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype),
            timestep=pipe._pack_latents(times, *self.patch)[..., 0],
            encoder_attention_mask=told["mask"],
            num_frames=frames,
            height=rows,
            width=columns,
            rope_interpolation_scale=self.scale,
            return_dict=False,
        )[0]
        return pipe._unpack_latents(answered.float(), frames, rows, columns, *self.patch)
