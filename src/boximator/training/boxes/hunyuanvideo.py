"""HunyuanVideo in training (flow matching)."""

from __future__ import annotations

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Latents, Told, device_of
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.plain import PlainBase

GUIDANCE = 1000.0
"""The published network is distilled to follow a guidance it is told, times 1000. A clip is what guidance 1, which is
none, leads to."""


class HunyuanVideoBase(PlainBase):
    """Two text encoders: states of the tokens from one, a summary from the other."""

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens, their ``mask``, and a ``summary``."""
        states, summary, mask = self.pipe.encode_prompt(caption, device=device_of(self.pipe.text_encoder))
        return {"text": states[0], "summary": summary[0], "mask": mask[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        network = self.pipe.transformer
        guidance = None
        if network.config.guidance_embeds:
            guidance = torch.full((len(state),), GUIDANCE, device=state.device, dtype=network.dtype)
        return network(
            hidden_states=state.to(network.dtype),
            timestep=self.objective.timesteps(levels),
            encoder_hidden_states=told["text"].to(network.dtype),
            encoder_attention_mask=told["mask"].to(network.dtype),
            pooled_projections=told["summary"].to(network.dtype),
            guidance=guidance,
            return_dict=False,
        )[0].float()
