from __future__ import annotations

import pytest
import torch
from diffusers import WanTransformer3DModel

from boximator.control.address import Address, BlockAddress, Grid, Port
from boximator.control.condition import Condition
from boximator.control.frames import FrameMap

WIDTH = 24


@pytest.fixture
def denoiser() -> WanTransformer3DModel:
    """A tiny frozen denoiser: latents (batch, 3, 2, 8, 8) are 2 latent frames of 2 x 2 tokens."""
    torch.manual_seed(0)
    model = WanTransformer3DModel(
        patch_size=(1, 4, 4),
        num_attention_heads=2,
        attention_head_dim=WIDTH // 2,
        in_channels=3,
        out_channels=3,
        text_dim=8,
        freq_dim=16,
        ffn_dim=32,
        num_layers=2,
        rope_max_seq_len=32,
    )
    return model.requires_grad_(False)


@pytest.fixture
def address() -> Address:
    """Where control enters it, said by hand: two video frames to a latent frame, and frame 0 beside them."""
    return Address(
        family="toy",
        denoisers=("transformer",),
        model_class="WanTransformer3DModel",
        blocks=tuple(BlockAddress(path=f"blocks.{index}", width=WIDTH, heads=2) for index in range(2)),
        read=Port(module="norm2"),
        write=Port(module="attn2", index=None),
        layout="frames_in_tokens",
        grid=Grid(argument="hidden_states", frames=2, rows=3, columns=4, patch=(1, 4, 4)),
        positions=True,
        frames=FrameMap(kind="packed", ratio=2, reference=True),
    )


@pytest.fixture
def boxes() -> Condition:
    """Two videos of 5 frames, every slot full."""
    generator = torch.Generator().manual_seed(0)
    corners = torch.rand(2, 5, 8, 2, 2, generator=generator).sort(dim=-2).values
    full = torch.ones(2, 5, 8, dtype=torch.bool)
    colours = torch.rand(2, 8, 3, generator=generator)
    return Condition(boxes=corners.flatten(-2), colours=colours, hard=full, present=full)
