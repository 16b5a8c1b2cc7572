"""LTX-Video (text or image to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap

TEMPORAL_RATIO = 8
"""Video frames per latent frame of its causal autoencoder; latent 0 is frame 0 alone."""


def address(denoiser: nn.Module) -> Address:
    """The address of LTX's transformer. No norm stands before cross-attention, so v is read at attn2 itself.

    Pipelines hand over a row of tokens and say in arguments how many frames, rows and columns it is.
    """
    config: Any = denoiser.config
    return Address(
        family="ltx",
        denoisers=("transformer",),
        model_class="LTXVideoTransformer3DModel",
        blocks=chain(denoiser),
        read=Port(module="attn2"),
        write=Port(module="attn2", index=None),
        layout="frames_in_tokens",
        grid=Grid(
            argument="hidden_states",
            frames=1,
            rows=1,
            columns=1,
            patch=(config.patch_size_t, config.patch_size, config.patch_size),
            named=("num_frames", "height", "width"),
        ),
        positions=True,
        frames=FrameMap(kind="causal", ratio=TEMPORAL_RATIO),
    )
