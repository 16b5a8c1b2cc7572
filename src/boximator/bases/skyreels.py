"""SkyReels-V2 (text or image to video), which is Wan's transformer with diffusion forcing: where control enters."""

from __future__ import annotations

import dataclasses

from torch import nn

from boximator.bases import wan
from boximator.control.address import Address


def address(denoiser: nn.Module) -> Address:
    """The address of a SkyReelsV2Transformer3DModel: Wan's blocks under another name, and Wan's autoencoder.

    Pipelines that make a long video piece by piece call with fewer latent frames than the scene has; they are
    refused by the number of frames. In diffusers 0.36 they call twice for guidance without naming the branch.
    """
    here = wan.address(denoiser, family="skyreels")
    return dataclasses.replace(
        here, denoisers=("transformer",), model_class="SkyReelsV2Transformer3DModel", repeats=True
    )
