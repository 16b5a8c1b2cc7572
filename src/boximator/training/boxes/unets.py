"""The U-Nets of AnimateDiff (SD 1.5 and SDXL), PIA, ModelScope and ZeroScope in training (noise prediction)."""

from __future__ import annotations

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from boximator.training.boxes.latent_base import Frame, Latents, Told, device_of
from boximator.training.boxes.objective import Levels, Objective
from boximator.training.boxes.plain import FramewiseBase


class UnetBase(FramewiseBase):
    """AnimateDiff's U-Net wants the text once for every frame, ModelScope's once for every video.

    PIA has the picture and a mask on further channels. SDXL is told a summary of the text, and sizes.
    """

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        super().__init__(pipe, objective=objective)
        self.text_per_frame = type(pipe.unet).__name__ == "UNetMotionModel"
        self.pictured: bool = pipe.unet.config.in_channels != pipe.vae.config.latent_channels
        self.told_of_size = pipe.unet.config.get("addition_embed_type") is not None
        pipe._guidance_scale = 1.0  # its parts ask whether there are two branches

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens; SDXL: their ``summary``, too."""
        pipe = self.pipe
        if self.told_of_size:
            states, _, summary, _ = pipe.encode_prompt(
                caption, device=device_of(pipe.text_encoder_2), do_classifier_free_guidance=False
            )
            return {"text": states[0], "summary": summary[0]}
        return {"text": pipe.encode_prompt(caption, device_of(pipe.text_encoder), 1, False)[0][0]}

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """``picture``: PIA's mask and latents of the picture; the others make the first frame themselves."""
        if not self.pictured:
            return {}
        pipe, (height, width) = self.pipe, first.shape[:2]
        mask, picture = pipe.prepare_masked_condition(
            Image.fromarray(first),
            1,
            pipe.vae.config.latent_channels,
            frames,
            height,
            width,
            pipe.vae.dtype,
            device_of(pipe.vae),
            generator,
        )
        return {"picture": torch.cat([mask, picture.to(mask)], dim=1)[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        unet = self.pipe.unet
        text = told["text"].to(unet.dtype)
        if self.text_per_frame:
            text = text.repeat_interleave(state.shape[2], dim=0)
        x = torch.cat([state, told["picture"].to(state)], dim=1) if self.pictured else state
        added = self._added(state, told=told) if self.told_of_size else {}
        times = self.objective.timesteps(levels)
        return unet(x.to(unet.dtype), times, encoder_hidden_states=text, return_dict=False, **added)[
            0
        ].float()

    def _added(self, state: Latents, *, told: Told) -> dict[str, Any]:
        """What SDXL is told beside the text: size before and after scaling, and that nothing was cropped."""
        pipe, unet = self.pipe, self.pipe.unet
        size = tuple(side * pipe.vae_scale_factor for side in state.shape[3:])
        summary = told["summary"].to(unet.dtype)
        ids = pipe._get_add_time_ids(
            size, (0, 0), size, dtype=unet.dtype, text_encoder_projection_dim=summary.shape[-1]
        )
        return {
            "added_cond_kwargs": {"text_embeds": summary, "time_ids": ids.to(summary).repeat(len(state), 1)}
        }
