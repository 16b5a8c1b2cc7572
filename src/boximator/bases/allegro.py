"""Allegro (text to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap

TEMPORAL_RATIO = 4
"""Video frames per latent frame. Its autoencoder is not causal: latent k is frames 4k to 4k+3, frame 0 included."""


def address(denoiser: nn.Module) -> Address:
    """The address of Allegro's transformer. No norm stands before cross-attention, so v is read at attn2."""
    config: Any = denoiser.config
    side: int = config.patch_size
    return Address(
        family="allegro",
        denoisers=("transformer",),
        model_class="AllegroTransformer3DModel",
        blocks=chain(denoiser),
        read=Port(module="attn2"),
        write=Port(module="attn2", index=None),
        layout="frames_in_tokens",
        grid=Grid(
            argument="hidden_states", frames=2, rows=3, columns=4, patch=(config.patch_size_t, side, side)
        ),
        positions=True,
        frames=FrameMap(kind="grouped", ratio=TEMPORAL_RATIO),
    )
