"""A diffusers base as training sees it: it encodes clips, and answers for noised latents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from jaxtyping import Float, UInt8
from numpy import ndarray
from torch import Tensor, nn

from boximator.training.boxes.objective import Levels, Objective

Frame = UInt8[ndarray, "height width 3"]
Film = UInt8[ndarray, "frames height width 3"]
Told = Mapping[str, Tensor]
Latents = Float[Tensor, "batch channels frames rows columns"]


class LatentBase(Protocol):
    """One family. Latents are channels first whatever the family's own layout is.

    Attributes:
        pipe: the pipeline.
        objective: what it was trained for.
        pictured: it is given the first frame as a picture, so that boxes are not drawn on that one.
        given: so many latent frames at the start are given, not made: they do not count in the loss.
        one_at_a_time: clips of one batch may need different networks, so a batch holds one clip.
    """

    pipe: Any
    objective: Objective
    pictured: bool
    given: int
    one_at_a_time: bool

    def latents(self, film: Film) -> Float[Tensor, "channels latents rows columns"]:
        """Encode a video."""
        ...

    def words(self, caption: str) -> dict[str, Tensor]:
        """What the base is told of a caption, without a batch axis; nothing for a base that cannot read."""
        ...

    def picture(self, first: Frame, *, frames: int, generator: torch.Generator) -> dict[str, Tensor]:
        """What the base is told of the first frame; nothing for a base that makes it itself."""
        ...

    def answer(self, state: Latents, *, levels: Levels, told: Told) -> Latents:
        """Call the network on noised latents as the objective shows them, with gradients."""
        ...


def film_tensor(film: Film, *, like: nn.Module) -> Float[Tensor, "1 3 frames height width"]:
    """Bytes -> [-1, 1], on the device and in the type of a module."""
    weight = next(like.parameters())
    pixels = torch.from_numpy(film).permute(3, 0, 1, 2)[None]
    return (pixels.to(weight.device, torch.float32) / 127.5 - 1).to(weight.dtype)


def encoded_frames(vae: Any, film: Film) -> Float[Tensor, "channels frames rows columns"]:
    """By a picture autoencoder, one frame after the other, in the size the base denoises."""
    pixels = film_tensor(film, like=vae)[0].transpose(0, 1)
    frames = [vae.encode(frame[None]).latent_dist.mode()[0] for frame in pixels]
    return torch.stack(frames, dim=1).float() * vae.config.scaling_factor


def device_of(module: nn.Module) -> torch.device:
    return next(module.parameters()).device
