"""I2VGen-XL (image and text to video): where control enters."""

from __future__ import annotations

from torch import nn

from boximator.bases.spatial import unet_address
from boximator.control.address import Address


def address(denoiser: nn.Module) -> Address:
    """The address of I2VGen-XL's U-Net. Its sample is (batch, channels, frames, rows, columns)."""
    return unet_address(denoiser, family="i2vgenxl", model_class="I2VGenXLUNet", frames_axis=2)
