"""ModelScope and ZeroScope (text to video): where control enters."""

from __future__ import annotations

from torch import nn

from boximator.bases.spatial import unet_address
from boximator.control.address import Address


def address(denoiser: nn.Module) -> Address:
    """The address of ModelScope's U-Net. Its sample is (batch, channels, frames, rows, columns)."""
    return unet_address(denoiser, family="unet3d", model_class="UNet3DConditionModel", frames_axis=2)
