"""Mochi 1 (text to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap

TEMPORAL_RATIO = 6
"""Video frames per latent frame of its causal autoencoder; latent 0 is frame 0 alone."""


def address(denoiser: nn.Module) -> Address:
    """The address of Mochi's transformer: every block, between joint attention and feed-forward.

    Its norm2 is for what attention returns; the norm that takes v is norm3.
    """
    config: Any = denoiser.config
    side: int = config.patch_size
    return Address(
        family="mochi",
        denoisers=("transformer",),
        model_class="MochiTransformer3DModel",
        blocks=chain(denoiser),
        read=Port(module="norm3"),
        write=Port(module=""),
        layout="frames_in_tokens",
        grid=Grid(argument="hidden_states", frames=2, rows=3, columns=4, patch=(1, side, side)),
        positions=True,
        frames=FrameMap(kind="causal", ratio=TEMPORAL_RATIO),
    )
