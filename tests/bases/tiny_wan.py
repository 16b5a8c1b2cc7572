"""Wan 2.1, Wan 2.2 and SkyReels-V2, tiny and random, in their real pipelines: two calls per step, told apart by
`cache_context`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    SkyReelsV2Pipeline,
    SkyReelsV2Transformer3DModel,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
)
from tiny_base import STEPS, TinyBase, generators, like, noise, picture, texts
from torch import Tensor, nn
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

from boximator.bases.index import address_for

FRAMES = 9
TEXT = 32


def wan_transformer(**others: Any) -> WanTransformer3DModel:
    return WanTransformer3DModel(**_config(others))


def _config(others: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "patch_size": (1, 2, 2),
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": 16,
        "out_channels": 16,
        "text_dim": TEXT,
        "freq_dim": 16,
        "ffn_dim": 32,
        "num_layers": 2,
        "rope_max_seq_len": 32,
        **others,
    }


def wan_autoencoder() -> AutoencoderKLWan:
    return AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )


def _small_autoencoder() -> AutoencoderKLWan:
    """Of Wan 2.2's 5B: 16 pixels to a latent, 48 channels."""
    return AutoencoderKLWan(
        base_dim=3,
        z_dim=48,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        in_channels=12,
        out_channels=12,
        is_residual=True,
        patch_size=2,
        latents_mean=[0.0] * 48,
        latents_std=[1.0] * 48,
        scale_factor_spatial=16,
    )


def _looker() -> CLIPVisionModel:
    config = CLIPVisionConfig(
        hidden_size=4,
        projection_dim=4,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        intermediate_size=16,
        patch_size=16,
    )
    return CLIPVisionModel(config).eval()


def _parts(**others: Any) -> dict[str, Any]:
    scheduler = FlowMatchEulerDiscreteScheduler(shift=7.0)
    return {"tokenizer": None, "text_encoder": None, "scheduler": scheduler, **others}


def _base(pipe: Any, *, side: int = 16, image: bool = False) -> TinyBase:
    """A base of a pipeline of text, or of one picture and text."""
    pipe.set_progress_bar_config(disable=True)
    denoiser: nn.Module = pipe.transformer
    channels: int = pipe.transformer.config.in_channels
    image_dim: int | None = pipe.transformer.config.image_dim

    def generate(*, videos: int = 1) -> Tensor:
        shown = {"image": picture(side)} if image else {}
        return pipe(
            **texts(videos, width=TEXT),
            **shown,
            height=side,
            width=side,
            num_frames=FRAMES,
            num_inference_steps=STEPS,
            guidance_scale=3.0,
            generator=generators(videos),
            output_type="pt",
        ).frames

    def forward(videos: int) -> Tensor:
        looked = (
            {"encoder_hidden_states_image": like(noise(videos, 3, image_dim), denoiser)} if image_dim else {}
        )
        return denoiser(
            hidden_states=like(noise(videos, channels, 3, 2, 4), denoiser),
            timestep=torch.full((videos,), 500.0),
            encoder_hidden_states=like(noise(videos, 6, TEXT), denoiser),
            return_dict=False,
            **looked,
        )[0]

    return TinyBase(
        pipe=pipe,
        denoiser=denoiser,
        address=address_for(pipe),
        frames=FRAMES,
        generate=generate,
        forward=forward,
        prepared=2,
    )


def wan_base() -> TinyBase:
    """Wan 2.1, text to video."""
    torch.manual_seed(0)
    return _base(WanPipeline(**_parts(transformer=wan_transformer(), vae=wan_autoencoder())))


def wan_image_base() -> TinyBase:
    """Wan 2.1, image to video: the picture is in the channels and in a second text."""
    torch.manual_seed(0)
    transformer = wan_transformer(in_channels=36, image_dim=4, added_kv_proj_dim=24)
    processor = CLIPImageProcessor(crop_size=32, size=32)
    pipe = WanImageToVideoPipeline(
        **_parts(
            transformer=transformer, vae=wan_autoencoder(), image_encoder=_looker(), image_processor=processor
        )
    )
    return _base(pipe, image=True)


def wan_5b_base() -> TinyBase:
    """Wan 2.2's 5B, image to video: a time for every token, and an autoencoder of its own."""
    torch.manual_seed(0)
    transformer = wan_transformer(in_channels=48, out_channels=48)
    parts = _parts(
        transformer=transformer, vae=_small_autoencoder(), image_encoder=None, image_processor=None
    )
    return _base(WanImageToVideoPipeline(**parts, expand_timesteps=True), side=32, image=True)


def wan_a14b_base() -> TinyBase:
    """Wan 2.2's A14B: the first step is one expert's, the second the other's."""
    torch.manual_seed(0)
    parts = _parts(transformer=wan_transformer(), transformer_2=wan_transformer(), vae=wan_autoencoder())
    return _base(WanPipeline(**parts, boundary_ratio=0.9))


def skyreels_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = SkyReelsV2Transformer3DModel(**_config({}))
    return _base(SkyReelsV2Pipeline(**_parts(transformer=transformer, vae=wan_autoencoder())))
