"""Cosmos-1 (text or image to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap

TEMPORAL_RATIO = 8
"""Video frames per latent frame of its causal autoencoder; latent 0 is frame 0 alone."""


def address(denoiser: nn.Module) -> Address:
    """The address of Cosmos' transformer: every block, between self- and cross-attention.

    What cross-attention returns goes through a gate, so delta cannot be added there: it is shown to the norm
    before the feed-forward and added to the block's output. Learned positions, where a model has them, are
    added in every block. The pipelines call twice for guidance without naming the branch.
    """
    config: Any = denoiser.config
    return Address(
        family="cosmos",
        denoisers=("transformer",),
        model_class="CosmosTransformer3DModel",
        blocks=chain(denoiser),
        read=Port(module="norm2"),
        also=(Port(module="norm3"),),
        write=Port(module="", index=None),
        layout="frames_in_tokens",
        grid=Grid(argument="hidden_states", frames=2, rows=3, columns=4, patch=tuple(config.patch_size)),
        positions=config.extra_pos_embed_type is None,
        frames=FrameMap(kind="causal", ratio=TEMPORAL_RATIO),
        repeats=True,
    )
