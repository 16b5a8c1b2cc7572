"""`pocket`, the embedded base: where control enters. Its denoiser is Wan's transformer, small."""

from __future__ import annotations

from torch import nn

from boximator.bases import wan
from boximator.control.address import Address
from boximator.control.frames import FrameMap
from boximator.pocket.layout import PACK

FRAMES = FrameMap(kind="packed", ratio=PACK, reference=True, joined=True)
"""Frame 0 is the given picture and in no latent frame. The state moves the picture's pixels, so every token also
carries its object's box in the picture: it says what is to be moved."""


def address(denoiser: nn.Module) -> Address:
    """The address of pocket's transformer."""
    return wan.address(denoiser, family="pocket", frames=FRAMES)
