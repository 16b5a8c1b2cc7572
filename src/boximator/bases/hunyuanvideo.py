"""HunyuanVideo (text or image to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap

TEMPORAL_RATIO = 4
"""Video frames per latent frame of its causal autoencoder; latent 0 is frame 0 alone."""
ATTENTION = "attn"


def address(
    denoiser: nn.Module, *, family: str = "hunyuanvideo", model_class: str = "HunyuanVideoTransformer3DModel"
) -> Address:
    """The address of HunyuanVideo's transformer: the blocks with a text stream of their own (20 of 60).

    In the others attention and feed-forward run side by side, so nothing stands between them. The
    image-to-video pipeline calls twice for guidance without naming the branch.
    """
    config: Any = denoiser.config
    side: int = config.patch_size
    return Address(
        family=family,
        denoisers=("transformer",),
        model_class=model_class,
        blocks=chain(denoiser, attention=ATTENTION),
        width_at=f"{ATTENTION}.to_q",
        read=Port(module="norm2"),
        write=Port(module=""),
        layout="frames_in_tokens",
        grid=Grid(
            argument="hidden_states", frames=2, rows=3, columns=4, patch=(config.patch_size_t, side, side)
        ),
        positions=True,
        frames=FrameMap(kind="causal", ratio=TEMPORAL_RATIO),
        repeats=True,
    )
