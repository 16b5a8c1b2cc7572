"""Wan 2.1 and 2.2 in training (flow matching), from text or from a picture."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from einops import repeat
from PIL import Image
from torch import Tensor

from boximator.scene.problem import Problem
from boximator.training.boxes.latent_base import Film, Frame, Latents, Told, device_of, film_tensor
from boximator.training.boxes.objective import Levels, Objective


class WanBase:
    """Five kinds: text; a picture on further channels (2.1, A14B); a picture in the first latent frame (5B).

    The 5B has a time for every token, 0 where the picture is. Of A14B's two experts the noise level says which
    one answers.
    """

    def __init__(self, pipe: Any, *, objective: Objective) -> None:
        self.pipe = pipe
        self.objective = objective
        self.pictured = "image" in inspect.signature(type(pipe).__call__).parameters
        self.expanded = bool(pipe.config.get("expand_timesteps"))
        self.given = int(self.pictured and self.expanded)
        self.second: Any = getattr(pipe, "transformer_2", None)
        self.one_at_a_time = self.second is not None
        if pipe.transformer is None:
            raise Problem(
                given="The base has no transformer (only transformer_2)",
                wanted="A Wan pipeline with the expert for the noisy steps, which decides where things go",
                fix="Load the whole pipeline",
            )

    def latents(self, film: Film) -> Tensor:
        """See `LatentBase`."""
        vae = self.pipe.vae
        return self._scaled(vae.encode(film_tensor(film, like=vae)).latent_dist.mode())[0]

    def _scaled(self, latents: Tensor) -> Tensor:
        told = self.pipe.vae.config
        mean, std = (
            torch.tensor(values, device=latents.device).view(1, -1, 1, 1, 1)
            for values in (told.latents_mean, told.latents_std)
        )
        return (latents.float() - mean) / std

    def words(self, caption: str) -> dict[str, Tensor]:
        """``text``: states of the tokens."""
        pipe = self.pipe
        states, _ = pipe.encode_prompt(
            caption,
            do_classifier_free_guidance=False,
            device=device_of(pipe.text_encoder),
            max_sequence_length=512,
        )
        return {"text": states[0]}

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """``picture``: channels beside the latents, or (5B) the first latent frame; ``seen`` by CLIP (2.1)."""
        if not self.pictured:
            return {}
        pipe = self.pipe
        if self.expanded:
            return {"picture": self.latents(first[None])}
        height, width = first.shape[:2]
        _, beside = pipe.prepare_latents(
            film_tensor(first[None], like=pipe.vae)[:, :, 0].float(),
            1,
            pipe.vae.config.z_dim,
            height,
            width,
            frames,
            torch.float32,
            device_of(pipe.vae),
        )
        told = {"picture": beside[0]}
        if pipe.transformer.config.image_dim is not None:
            told["seen"] = pipe.encode_image(Image.fromarray(first), device_of(pipe.image_encoder))[0]
        return told

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """See `LatentBase`."""
        network = self._expert(levels)
        times = self.objective.timesteps(levels)
        x = state
        if self.given:
            x = torch.cat([told["picture"].to(x), x[:, :, 1:]], dim=2)
        elif self.pictured:
            x = torch.cat([x, told["picture"].to(x)], dim=1)
        if self.expanded:
            times = self._by_token(times, state)
        seen = told.get("seen")
        return network(
            hidden_states=x.to(network.dtype),
            timestep=times,
            encoder_hidden_states=told["text"].to(network.dtype),
            encoder_hidden_states_image=None if seen is None else seen.to(network.dtype),
            return_dict=False,
        )[0].float()

    def _by_token(self, times: Tensor, state: Latents) -> Tensor:
        """A time for every token, 0 for those of a given latent frame."""
        _, high, wide = self.pipe.transformer.config.patch_size
        frames, rows, columns = state.shape[2:]
        told = repeat(times, "b -> b f n", f=frames, n=(rows // high) * (columns // wide)).clone()
        told[:, : self.given] = 0
        return told.flatten(1)

    def _expert(self, levels: Levels) -> Any:
        """The network for this noise (A14B: the second one below the boundary, `WanPipeline`)."""
        pipe = self.pipe
        boundary = pipe.config.get("boundary_ratio")
        if self.second is None or boundary is None:
            return pipe.transformer
        return pipe.transformer if float(levels[0]) >= boundary else self.second
