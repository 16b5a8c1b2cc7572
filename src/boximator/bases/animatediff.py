"""AnimateDiff on Stable Diffusion 1.5 or XL, PIA included: where control enters."""

from __future__ import annotations

from torch import nn

from boximator.bases.spatial import unet_address
from boximator.control.address import Address


def address(denoiser: nn.Module) -> Address:
    """The address of AnimateDiff's U-Net. Its sample is (batch, channels, frames, rows, columns)."""
    return unet_address(denoiser, family="animatediff", model_class="UNetMotionModel", frames_axis=2)
