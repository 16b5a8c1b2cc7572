"""The spatial transformer blocks of the factorised U-Nets, which all are diffusers' BasicTransformerBlock."""

from __future__ import annotations

from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.transformers.transformer_temporal import TransformerSpatioTemporalModel
from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, BlockAddress, Grid, Port

Spatial = Transformer2DModel | TransformerSpatioTemporalModel
STAGES = ("down_blocks", "mid_block", "up_blocks")


def unet_address(denoiser: nn.Module, *, family: str, model_class: str, frames_axis: int) -> Address:
    """Every spatial block between its self- and cross-attention, frame by frame.

    Places need not be added: the zero padding of the convolutions has put them into the residual stream.

    Args:
        denoiser: the U-Net.
        family: name of the base in messages.
        model_class: class name of the U-Net.
        frames_axis: axis of the frames in its input `sample` (rows and columns are the last two).
    """
    return Address(
        family=family,
        denoisers=("unet",),
        model_class=model_class,
        blocks=spatial_blocks(denoiser),
        read=Port(module="norm2"),
        write=Port(module="attn2", index=None),
        layout="frames_in_batch",
        grid=Grid(argument="sample", frames=frames_axis, rows=3, columns=4),
        positions=False,
    )


def spatial_blocks(denoiser: nn.Module) -> tuple[BlockAddress, ...]:
    """The blocks by their parent's class; temporal transformers, made of the same blocks, are left alone."""
    found: list[BlockAddress] = []
    for stage in STAGES:
        for name, parent in denoiser.get_submodule(stage).named_modules():
            if isinstance(parent, Spatial):
                found += chain(parent, prefix=f"{stage}.{name}.")
    return tuple(found)
