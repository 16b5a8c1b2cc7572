"""HunyuanVideo 1.5 from text in training (flow matching)."""

from __future__ import annotations

import torch
from torch import Tensor

from boximator.training.boxes.latent_base import Latents, Told, device_of
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.plain import PlainBase


class HunyuanVideo15Base(PlainBase):
    """Two texts, the second of letters that are to be drawn. Channels and tokens for a picture are zero."""

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text`` and ``mask``, ``letters`` and ``letters_mask``."""
        pipe = self.pipe
        states, mask, letters, letters_mask = pipe.encode_prompt(
            prompt=caption, device=device_of(pipe.text_encoder), dtype=pipe.transformer.dtype, batch_size=1
        )
        return {"text": states[0], "mask": mask[0], "letters": letters[0], "letters_mask": letters_mask[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        pipe, network = self.pipe, self.pipe.transformer
        none = torch.zeros_like(state)
        seen = state.new_zeros(len(state), pipe.vision_num_semantic_tokens, pipe.vision_states_dim)
        return network(
            hidden_states=torch.cat([state, none, none[:, :1]], dim=1).to(network.dtype),
            image_embeds=seen.to(network.dtype),
            timestep=self.objective.timesteps(levels).to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype),
            encoder_attention_mask=told["mask"],
            encoder_hidden_states_2=told["letters"].to(network.dtype),
            encoder_attention_mask_2=told["letters_mask"],
            return_dict=False,
        )[0].float()
