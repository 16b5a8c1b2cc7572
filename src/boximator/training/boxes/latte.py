"""Latte in training (noise prediction)."""

from __future__ import annotations

from torch import Tensor

from boximator.training.boxes.latent_base import Latents, Told, device_of
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.plain import FramewiseBase


class LatteBase(FramewiseBase):
    """Its text has no padding, so clips of a batch would need texts of one length; half of its answer is a variance."""

    one_at_a_time = True

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens."""
        states, _ = self.pipe.encode_prompt(caption, False, device=device_of(self.pipe.text_encoder))
        return {"text": states[0]}

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        network = self.pipe.transformer
        answered = network(
            hidden_states=state.to(network.dtype),
            encoder_hidden_states=told["text"].to(network.dtype),
            timestep=self.objective.timesteps(levels),
            enable_temporal_attentions=True,
            return_dict=False,
        )[0]
        return answered[:, : state.shape[1]].float()
