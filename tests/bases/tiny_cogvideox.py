"""CogVideoX, tiny and random, in its real pipelines: one call per step, the unconditional half first."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import (
    AutoencoderKLCogVideoX,
    CogVideoXDDIMScheduler,
    CogVideoXImageToVideoPipeline,
    CogVideoXPipeline,
    CogVideoXTransformer3DModel,
)
from tiny_base import STEPS, TinyBase, generators, like, noise, picture, texts
from torch import Tensor

from boximator.bases.index import address_for

FRAMES = 9
SIDE = 16
TEXT, WORDS = 32, 6


def cogvideox_transformer(**others: Any) -> CogVideoXTransformer3DModel:
    config: dict[str, Any] = {
        "num_attention_heads": 2,
        "attention_head_dim": 16,
        "in_channels": 4,
        "out_channels": 4,
        "time_embed_dim": 2,
        "text_embed_dim": TEXT,
        "num_layers": 2,
        "sample_width": 4,
        "sample_height": 4,
        "sample_frames": FRAMES,
        "patch_size": 2,
        "temporal_compression_ratio": 4,
        "max_text_seq_length": WORDS,
        **others,
    }
    return CogVideoXTransformer3DModel(**config)


def cogvideox_autoencoder() -> AutoencoderKLCogVideoX:
    config: dict[str, Any] = {
        "down_block_types": ("CogVideoXDownBlock3D",) * 3,
        "up_block_types": ("CogVideoXUpBlock3D",) * 3,
        "block_out_channels": (8, 8, 8),
        "latent_channels": 4,
        "layers_per_block": 1,
        "norm_num_groups": 2,
        "temporal_compression_ratio": 4,
    }
    return AutoencoderKLCogVideoX(**config)


def _base(transformer: CogVideoXTransformer3DModel, *, image: bool, latents: int = 3) -> TinyBase:
    parts: dict[str, Any] = {"tokenizer": None, "text_encoder": None, "transformer": transformer}
    kind: Any = CogVideoXImageToVideoPipeline if image else CogVideoXPipeline
    pipe = kind(**parts, vae=cogvideox_autoencoder(), scheduler=CogVideoXDDIMScheduler())
    pipe.set_progress_bar_config(disable=True)
    config: Any = transformer.config

    def generate(*, videos: int = 1) -> Tensor:
        shown = {"image": picture(SIDE).expand(videos, -1, -1, -1)} if image else {}
        return pipe(
            **texts(videos, width=TEXT, words=WORDS),
            **shown,
            height=SIDE,
            width=SIDE,
            num_frames=FRAMES,
            num_inference_steps=STEPS,
            guidance_scale=3.0,
            generator=generators(videos),
            max_sequence_length=WORDS,
            output_type="pt",
        ).frames

    def forward(videos: int) -> Tensor:
        rotary = None
        if config.use_rotary_positional_embeddings:
            rotary = pipe._prepare_rotary_positional_embeddings(SIDE, SIDE, latents, torch.device("cpu"))
        return transformer(
            hidden_states=like(noise(videos, latents, config.in_channels, 4, 4), transformer),
            encoder_hidden_states=like(noise(videos, WORDS, TEXT), transformer),
            timestep=torch.full((videos,), 500),
            ofs=like(torch.full((1,), 2.0), transformer) if config.ofs_embed_dim else None,
            image_rotary_emb=rotary,
            return_dict=False,
        )[0]

    return TinyBase(
        pipe=pipe,
        denoiser=transformer,
        address=address_for(pipe),
        frames=FRAMES,
        generate=generate,
        forward=forward,
    )


def cogvideox_2b_base() -> TinyBase:
    """Sine positions."""
    torch.manual_seed(0)
    return _base(cogvideox_transformer(), image=False)


def cogvideox_5b_base() -> TinyBase:
    """Rotary positions."""
    torch.manual_seed(0)
    return _base(cogvideox_transformer(use_rotary_positional_embeddings=True), image=False)


def cogvideox_image_base() -> TinyBase:
    """5b-I2V: rotary and learned positions, the picture in the channels."""
    torch.manual_seed(0)
    transformer = cogvideox_transformer(
        in_channels=8, use_rotary_positional_embeddings=True, use_learned_positional_embeddings=True
    )
    return _base(transformer, image=True)


def cogvideox_15_base() -> TinyBase:
    """1.5-5B-I2V: two latents to a token, of which the pipeline makes one up at the start."""
    torch.manual_seed(0)
    transformer = cogvideox_transformer(
        in_channels=8,
        use_rotary_positional_embeddings=True,
        patch_size_t=2,
        ofs_embed_dim=2,
        patch_bias=False,
    )
    return _base(transformer, image=True, latents=4)
