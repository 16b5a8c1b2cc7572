"""CogVideoX 2b, 5b, 5b-I2V and 1.5 (text or image to video): where control enters."""

from __future__ import annotations

from typing import Any

from torch import nn

from boximator.bases.blocks import chain
from boximator.control.address import Address, Grid, Port
from boximator.control.frames import FrameMap


def address(denoiser: nn.Module) -> Address:
    """The address of CogVideoX's transformer: every block, between joint attention and feed-forward.

    Text attends jointly, so there is no cross-attention to write at: delta is added to the block's output. 2b
    adds sine positions to the stream, the others have rotary ones.
    """
    config: Any = denoiser.config
    side: int = config.patch_size
    return Address(
        family="cogvideox",
        denoisers=("transformer",),
        model_class="CogVideoXTransformer3DModel",
        blocks=chain(denoiser),
        read=Port(module="norm2"),
        write=Port(module=""),
        layout="frames_in_tokens",
        grid=Grid(
            argument="hidden_states",
            frames=1,
            rows=3,
            columns=4,
            patch=(config.patch_size_t or 1, side, side),
        ),
        positions=bool(config.use_rotary_positional_embeddings),
        frames=frames(config),
    )


def frames(config: Any) -> FrameMap:
    """Latent 0 is frame 0, every other one four frames. In 1.5 a token covers two latents, of which the very
    first is made up by the pipeline and thrown away: again frame 0 alone, then eight frames."""
    return FrameMap(kind="causal", ratio=config.temporal_compression_ratio * (config.patch_size_t or 1))
