"""HunyuanVideo 1.5 (text or image to video): where control enters."""

from __future__ import annotations

from torch import nn

from boximator.bases import hunyuanvideo
from boximator.control.address import Address


def address(denoiser: nn.Module) -> Address:
    """The address of HunyuanVideo 1.5's transformer: all of its blocks have a text stream of their own."""
    return hunyuanvideo.address(
        denoiser, family="hunyuanvideo15", model_class="HunyuanVideo15Transformer3DModel"
    )
