"""Tiny random transformers: real diffusers models and pipelines built in code; nothing is downloaded."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKLWan, FlowMatchEulerDiscreteScheduler, WanPipeline, WanTransformer3DModel
from tiny_base import STEPS, TinyBase, generators, like, noise
from torch import Tensor

from boximator.bases import pocket
from boximator.bases.index import address_for

# pocket: its transformer in the loop its sampler makes (one call per step, the unconditional half first)


def pocket_base() -> TinyBase:
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


# Wan: two calls per step, told apart by `cache_context`


def wan_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=16,
        out_channels=16,
        text_dim=32,
        freq_dim=256,
        ffn_dim=32,
        num_layers=2,
        rope_max_seq_len=32,
    )
    vae = AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    pipe: Any = WanPipeline(
        tokenizer=None,  # pyright: ignore[reportArgumentType]
        text_encoder=None,  # pyright: ignore[reportArgumentType]
        transformer=transformer,
        vae=vae,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
    )
    pipe.set_progress_bar_config(disable=True)

    def generate(*, videos: int = 1) -> Tensor:
        return pipe(
            prompt_embeds=noise(1, 6, 32).expand(videos, -1, -1),
            negative_prompt_embeds=noise(1, 6, 32, seed=1).expand(videos, -1, -1),
            height=16,
            width=16,
            num_frames=9,
            num_inference_steps=STEPS,
            guidance_scale=3.0,
            generator=generators(videos),
            output_type="pt",
        ).frames

    return TinyBase(
        pipe=pipe,
        denoiser=transformer,
        address=address_for(pipe),
        frames=9,
        generate=generate,
        forward=lambda videos: transformer(
            hidden_states=like(noise(videos, 16, 3, 2, 4), transformer),
            timestep=torch.full((videos,), 500.0),
            encoder_hidden_states=like(noise(videos, 6, 32), transformer),
            return_dict=False,
        )[0],
        prepared=2,
    )
