"""Entry `latent`: the latents of a learned autoencoder, no motion."""

from __future__ import annotations

import numpy as np
import torch
from einops import rearrange
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.pocket.layout import PACK
from boximator.training.contest.autoencoder import LATENT, Autoencoder
from boximator.training.contest.keep import kept
from boximator.training.contest.shot import Needs, Shot
from boximator.training.contest.state import Group, as_bytes, packed, unpacked


class LatentState:
    """Each frame's latents, less the first picture's."""

    needs = Needs(frames=True)

    def __init__(self, autoencoder: Autoencoder) -> None:
        self.autoencoder = autoencoder.eval().requires_grad_(False)
        self.groups = (Group("latent", channels=LATENT * PACK, weight=1.0),)

    @torch.no_grad()
    def encode(self, shot: Shot) -> Float[Tensor, "batch channels latent rows columns"]:
        """Residual on the given picture's latents."""
        assert shot.frames is not None, "the shot has no frames"
        later = shot.frames[:, 1:].float() / 127.5 - 1
        latents = self.autoencoder.encode(rearrange(later, "b t c h w -> (b t) c h w"))
        first = self.autoencoder.encode(shot.picture)
        return packed(rearrange(latents, "(b t) c h w -> b t c h w", b=len(first)) - first[:, None])

    @torch.no_grad()
    def render(
        self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot
    ) -> UInt8[np.ndarray, "batch later height width 3"]:
        """Decoded; where that is what the first picture decodes to, its own pixels."""
        first = self.autoencoder.encode(shot.picture)
        latents = unpacked(state) + first[:, None]
        shown = self.autoencoder.decode(rearrange(latents, "b t c h w -> (b t) c h w"))
        frames = rearrange(shown, "(b t) c h w -> b t c h w", b=len(first))
        return as_bytes(kept(frames, still=self.autoencoder.decode(first), picture=shot.picture))
