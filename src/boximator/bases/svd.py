"""Stable Video Diffusion (image to video): where control enters."""

from __future__ import annotations

from torch import nn

from boximator.bases.spatial import unet_address
from boximator.control.address import Address


def address(denoiser: nn.Module) -> Address:
    """The address of SVD's U-Net. Its sample is (batch, frames, channels, rows, columns)."""
    return unet_address(denoiser, family="svd", model_class="UNetSpatioTemporalConditionModel", frames_axis=1)
