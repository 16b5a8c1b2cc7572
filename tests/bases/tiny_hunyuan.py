"""HunyuanVideo and 1.5, tiny and random, in their real pipelines: two calls per step, told apart by
`cache_context` (and in the image-to-video pipeline of the first not at all)."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import (
    AutoencoderKLHunyuanVideo,
    AutoencoderKLHunyuanVideo15,
    ClassifierFreeGuidance,
    FlowMatchEulerDiscreteScheduler,
    HunyuanVideo15Pipeline,
    HunyuanVideo15Transformer3DModel,
    HunyuanVideoPipeline,
    HunyuanVideoTransformer3DModel,
)
from tiny_base import STEPS, TinyBase, generators, like, noise
from torch import Tensor, nn

from boximator.bases.index import address_for

FRAMES = 9
TEXT, WORDS = 16, 5


def _words(videos: int, *, suffix: str = "", width: int = TEXT) -> dict[str, Tensor]:
    """Both prompts' states and masks."""
    found: dict[str, Tensor] = {}
    for seed, prompt in enumerate(("prompt", "negative_prompt")):
        found[f"{prompt}_embeds{suffix}"] = noise(1, WORDS, width, seed=seed).expand(videos, -1, -1)
        found[f"{prompt}_embeds_mask{suffix}"] = torch.ones(videos, WORDS)
    return found


def _finished(pipe: Any, *, generate: Any, forward: Any) -> TinyBase:
    pipe.set_progress_bar_config(disable=True)
    denoiser: nn.Module = pipe.transformer
    return TinyBase(
        pipe=pipe,
        denoiser=denoiser,
        address=address_for(pipe),
        frames=FRAMES,
        generate=generate,
        forward=forward,
        prepared=2,
    )


def hunyuanvideo_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = HunyuanVideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=10,
        num_layers=2,
        num_single_layers=1,
        num_refiner_layers=1,
        text_embed_dim=TEXT,
        pooled_projection_dim=8,
        rope_axes_dim=(2, 4, 4),
    )
    vae: dict[str, Any] = {
        "latent_channels": 4,
        "block_out_channels": (8, 8, 8, 8),
        "layers_per_block": 1,
        "norm_num_groups": 4,
    }
    parts: dict[str, Any] = dict.fromkeys(("text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"))
    pipe: Any = HunyuanVideoPipeline(
        **parts,
        transformer=transformer,
        vae=AutoencoderKLHunyuanVideo(**vae),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
    )

    def generate(*, videos: int = 1) -> Tensor:
        words = _words(videos)
        return pipe(
            prompt_embeds=words["prompt_embeds"],
            prompt_attention_mask=words["prompt_embeds_mask"],
            pooled_prompt_embeds=noise(1, 8).expand(videos, -1),
            negative_prompt_embeds=words["negative_prompt_embeds"],
            negative_prompt_attention_mask=words["negative_prompt_embeds_mask"],
            negative_pooled_prompt_embeds=noise(1, 8, seed=1).expand(videos, -1),
            true_cfg_scale=3.0,
            height=16,
            width=16,
            num_frames=FRAMES,
            num_inference_steps=STEPS,
            generator=generators(videos),
            output_type="pt",
        ).frames

    def forward(videos: int) -> Tensor:
        return transformer(
            hidden_states=like(noise(videos, 4, 3, 4, 4), transformer),
            timestep=torch.full((videos,), 500.0),
            encoder_hidden_states=like(noise(videos, WORDS, TEXT), transformer),
            encoder_attention_mask=torch.ones(videos, WORDS),
            pooled_projections=like(noise(videos, 8), transformer),
            guidance=like(torch.full((videos,), 6000.0), transformer),
            return_dict=False,
        )[0]

    return _finished(pipe, generate=generate, forward=forward)


def hunyuanvideo15_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = HunyuanVideo15Transformer3DModel(
        in_channels=9,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=16,
        num_layers=2,
        num_refiner_layers=1,
        text_embed_dim=TEXT,
        text_embed_2_dim=8,
        image_embed_dim=12,
        rope_axes_dim=(2, 6, 8),
        target_size=16,
    )
    vae: dict[str, Any] = {
        "latent_channels": 4,
        "block_out_channels": (16, 16),
        "layers_per_block": 1,
        "spatial_compression_ratio": 4,
        "temporal_compression_ratio": 4,
        "downsample_match_channel": False,
        "upsample_match_channel": False,
    }
    parts: dict[str, Any] = dict.fromkeys(("text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2"))
    pipe: Any = HunyuanVideo15Pipeline(
        **parts,
        transformer=transformer,
        vae=AutoencoderKLHunyuanVideo15(**vae),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
        guider=ClassifierFreeGuidance(guidance_scale=3.0),
    )
    pipe.vision_num_semantic_tokens, pipe.vision_states_dim = 3, 12

    def generate(*, videos: int = 1) -> Tensor:
        return pipe(
            **_words(videos),
            **_words(videos, suffix="_2", width=8),
            height=16,
            width=16,
            num_frames=FRAMES,
            num_inference_steps=STEPS,
            generator=generators(videos),
            output_type="latent",  # its autoencoder cannot decode two videos at a time
        ).frames

    def forward(videos: int) -> Tensor:
        return transformer(
            hidden_states=like(noise(videos, 9, 3, 4, 4), transformer),
            timestep=like(torch.full((videos,), 500.0), transformer),
            encoder_hidden_states=like(noise(videos, WORDS, TEXT), transformer),
            encoder_attention_mask=torch.ones(videos, WORDS),
            encoder_hidden_states_2=like(noise(videos, WORDS, 8), transformer),
            encoder_attention_mask_2=torch.ones(videos, WORDS),
            image_embeds=like(noise(videos, 3, 12), transformer),
            return_dict=False,
        )[0]

    return _finished(pipe, generate=generate, forward=forward)
