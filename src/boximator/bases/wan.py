"""Wan 2.1 and 2.2 (text or image to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap

TEMPORAL_RATIO = 4
"""Video frames per latent frame of Wan's causal autoencoder; latent 0 is frame 0 alone."""


def address(denoiser: nn.Module, *, family: str = "wan", frames: FrameMap | None = None) -> Address:
    """The address of a WanTransformer3DModel: every block, between self- and cross-attention.

    Its residual stream carries no place (rotary positions live inside attention), so the layers add it.
    Wan 2.2 with two experts has two denoisers of one shape; one adapter serves both.

    Args:
        denoiser: the transformer.
        family: name of the base in messages.
        frames: which video frames a latent frame holds, by default those of Wan's own autoencoder.
    """
    config: Any = denoiser.config
    return Address(
        family=family,
        denoisers=("transformer", "transformer_2"),
        model_class="WanTransformer3DModel",
        blocks=chain(denoiser, at="blocks"),
        read=Port(module="norm2"),
        write=Port(module="attn2", index=None),
        layout="frames_in_tokens",
        grid=Grid(argument="hidden_states", frames=2, rows=3, columns=4, patch=tuple(config.patch_size)),
        positions=True,
        frames=frames or FrameMap(kind="causal", ratio=TEMPORAL_RATIO),
    )
