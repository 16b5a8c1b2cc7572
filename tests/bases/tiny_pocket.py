"""The embedded base, tiny and random: its transformer in the loop that its sampler makes."""

from __future__ import annotations

import torch
from diffusers import WanTransformer3DModel
from tiny_base import STEPS, TinyBase, like, noise
from torch import Tensor

from boximator.bases import pocket


def pocket_base() -> TinyBase:
    """One call per step, the unconditional half of the batch first."""
    torch.manual_seed(0)
    transformer = WanTransformer3DModel(
        patch_size=(1, 4, 4),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=6,
        out_channels=6,
        text_dim=16,
        freq_dim=32,
        ffn_dim=32,
        num_layers=2,
        rope_max_seq_len=64,
    )
    latents = 3
    frames = pocket.FRAMES.video_frames(latents)

    def call(state: Tensor) -> Tensor:
        videos = len(state)
        return transformer(
            hidden_states=like(state, transformer),
            timestep=torch.full((videos,), 500.0),
            encoder_hidden_states=like(noise(1, 5, 16).expand(videos, -1, -1), transformer),
            return_dict=False,
        )[0]

    @torch.no_grad()
    def generate(*, videos: int = 1) -> Tensor:
        state = noise(1, 6, latents, 16, 8).expand(videos, -1, -1, -1, -1)
        for _ in range(STEPS):
            without, with_ = call(torch.cat([state] * 2)).chunk(2)
            state = state + 0.5 * (without + 3.0 * (with_ - without))
        return state

    return TinyBase(
        pipe=transformer,
        denoiser=transformer,
        address=pocket.address(transformer),
        frames=frames,
        generate=generate,
        forward=lambda videos: call(noise(videos, 6, latents, 16, 8)),
    )
