"""Latte in training (noise prediction)."""

from __future__ import annotations

from torch import Tensor

from boximator.training.boxes.latent_base import Film, Latents, Told, device_of, encoded_frames
from boximator.training.boxes.objective import Levels
from boximator.training.boxes.text_to_video import TextToVideoBase


class LatteBase(TextToVideoBase):
    """Its text has no padding, so clips of a batch would need texts of one length; half of its answer is a variance."""

    one_at_a_time = True

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        return encoded_frames(self.pipe.vae, film)

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
