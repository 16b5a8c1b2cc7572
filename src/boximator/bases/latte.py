"""Latte (text to video, 16 frames): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port


def address(denoiser: nn.Module) -> Address:
    """The address of Latte's transformer: its spatial blocks, frame by frame.

    Its norm2 comes after cross-attention (`ada_norm_single`), so v is read where attn2 takes it. Sine positions
    are added before the first block, so the stream knows places.
    """
    config: Any = denoiser.config
    return Address(
        family="latte",
        denoisers=("transformer",),
        model_class="LatteTransformer3DModel",
        blocks=chain(denoiser),
        read=Port(module="attn2"),
        write=Port(module="attn2", index=None),
        layout="frames_in_batch",
        grid=Grid(
            argument="hidden_states",
            frames=2,
            rows=3,
            columns=4,
            patch=(1, config.patch_size, config.patch_size),
        ),
        positions=False,
    )
