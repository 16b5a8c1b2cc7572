"""Allegro in training (noise prediction)."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from boximator.scene.problem import Problem
from boximator.training.boxes.latent_base import Film, Latents, Told, device_of
from boximator.training.boxes.objective import Levels, Objective
from boximator.training.boxes.plain import PlainBase


class AllegroBase(PlainBase):
    """Its text has an axis for pieces of a caption, of which there is one."""

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        super().__init__(pipe, objective=objective)
        pipe.vae.enable_tiling()  # diffusers' autoencoder encodes in tiles or not at all

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`.

        Raises:
            Problem: a size that the tiles do not cover, of which diffusers would leave a rim, or all, at zero.
        """
        vae = self.pipe.vae
        shape, tile, stride = film.shape[:3], tuple(vae.kernel), tuple(vae.stride)
        steps = [(size - first) % step for size, first, step in zip(shape, tile, stride, strict=True)]
        if any(steps) or any(size < first for size, first in zip(shape, tile, strict=True)):
            frames, high, wide = (
                f"{first}, {first + step}, ..." for first, step in zip(tile, stride, strict=True)
            )
            raise Problem(
                given=f"The clips have {shape[0]} frames of {shape[2]} x {shape[1]} pixels",
                wanted=f"What diffusers' autoencoder of Allegro encodes whole: {frames} frames, heights of {high} and "
                f"widths of {wide} pixels",
                fix="Give another number of frames and another size; the published ones fit 88 frames of 1280 x 704",
            )
        return super().latents(film)

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens, and their ``mask``."""
        states, mask, *_ = self.pipe.encode_prompt(caption, False, device=device_of(self.pipe.text_encoder))
        return {"text": states[0], "mask": mask[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        pipe, network = self.pipe, self.pipe.transformer
        videos, _, frames, rows, columns = state.shape
        side: int = pipe.vae_scale_factor_spatial
        rotary = pipe._prepare_rotary_positional_embeddings(
            videos, rows * side, columns * side, frames, state.device
        )
        return network(
            hidden_states=state.to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype)[:, None],
            encoder_attention_mask=told["mask"],
            timestep=self.objective.timesteps(levels),
            image_rotary_emb=rotary,
            return_dict=False,
        )[0].float()
