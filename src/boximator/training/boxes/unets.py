"""The text-to-video U-Nets in training (noise prediction): ModelScope, ZeroScope, AnimateDiff on SD 1.5."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from boximator.scene.problem import Problem
from boximator.training.boxes.latent_base import Film, Frame, Latents, Told, device_of, encoded_frames
from boximator.training.boxes.objective import Levels, Objective


class UnetBase:
    """AnimateDiff's U-Net wants the text once for every frame, ModelScope's once for every video."""

    pictured = False
    given = 0
    one_at_a_time = False

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        self.pipe = pipe
        self.objective = objective
        self.text_per_frame = type(pipe.unet).__name__ == "UNetMotionModel"
        channels: int = pipe.unet.config.in_channels
        more = pipe.unet.config.get("addition_embed_type") is not None
        if more or channels != pipe.vae.config.latent_channels:
            raise Problem(
                given=f"The base is {type(pipe).__name__}, which tells its U-Net more than the text",
                wanted="AnimateDiff on Stable Diffusion 1.5, ModelScope or ZeroScope",
                fix="Train on one of those; an adapter of AnimateDiff's does not fit SDXL or PIA",
            )

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        return encoded_frames(self.pipe.vae, film)

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens."""
        pipe = self.pipe
        return {"text": pipe.encode_prompt(caption, device_of(pipe.text_encoder), 1, False)[0][0]}

    def picture(self, first: Frame, *, frames: int, generator: Any) -> dict[str, Tensor]:
        """It makes the first frame itself."""
        return {}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        unet = self.pipe.unet
        text = told["text"].to(unet.dtype)
        if self.text_per_frame:
            text = text.repeat_interleave(state.shape[2], dim=0)
        times = self.objective.timesteps(levels)
        return unet(state.to(unet.dtype), times, encoder_hidden_states=text, return_dict=False)[0].float()
