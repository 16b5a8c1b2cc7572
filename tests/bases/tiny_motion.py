"""AnimateDiff on XL, PIA and I2VGen-XL, tiny and random, in their real pipelines; nothing is downloaded."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import (
    AnimateDiffSDXLPipeline,
    DDIMScheduler,
    I2VGenXLPipeline,
    I2VGenXLUNet,
    MotionAdapter,
    PIAPipeline,
    UNet2DConditionModel,
    UNetMotionModel,
)
from tiny_base import TinyBase, like, noise, picture
from tiny_unets import autoencoder, picture_encoder, text_base
from torch import Tensor
from transformers import CLIPImageProcessor

from boximator.bases.index import address_for

NO_TEXT: dict[str, Any] = {"text_encoder": None, "tokenizer": None}


def plain_unet(**others: Any) -> UNet2DConditionModel:
    config: dict[str, Any] = {
        "block_out_channels": (8, 8),
        "layers_per_block": 1,
        "sample_size": 8,
        "in_channels": 4,
        "out_channels": 4,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "cross_attention_dim": 8,
        "norm_num_groups": 2,
        **others,
    }
    return UNet2DConditionModel(**config)


def motion_adapter() -> MotionAdapter:
    return MotionAdapter(
        block_out_channels=(8, 8),
        motion_layers_per_block=1,
        motion_norm_num_groups=2,
        motion_num_attention_heads=2,
    )


def animatediff_sdxl_base() -> TinyBase:
    """Two texts, pooled, and the sizes of the picture; several spatial blocks one after the other."""
    torch.manual_seed(0)
    plain = plain_unet(
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2),
        addition_embed_type="text_time",
        addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=6 * 4 + 8,
        use_linear_projection=True,
    )
    kind: Any = AnimateDiffSDXLPipeline
    pipe = kind(
        **NO_TEXT,
        text_encoder_2=None,
        tokenizer_2=None,
        vae=autoencoder(),
        unet=plain,
        motion_adapter=motion_adapter(),
        scheduler=DDIMScheduler(clip_sample=False),
    )
    pooled = {"pooled_prompt_embeds": noise(1, 8), "negative_pooled_prompt_embeds": noise(1, 8, seed=1)}

    def added(videos: int) -> dict[str, Tensor]:
        return {
            "text_embeds": like(noise(videos, 8), pipe.unet),
            "time_ids": torch.ones(videos, 6),
        }

    return text_base(pipe, unet=pipe.unet, frames=3, texts_per_video=3, row=pooled, added=added)


def pia_base() -> TinyBase:
    """AnimateDiff with the picture and a mask in further channels."""
    torch.manual_seed(0)
    unet = UNetMotionModel.from_unet2d(plain_unet(in_channels=9), motion_adapter())
    kind: Any = PIAPipeline
    pipe = kind(
        **NO_TEXT,
        vae=autoencoder(),
        unet=unet,
        motion_adapter=motion_adapter(),
        scheduler=DDIMScheduler(clip_sample=False),
    )
    return text_base(pipe, unet=pipe.unet, frames=3, texts_per_video=3, row={"image": picture(16)})


def i2vgenxl_base() -> TinyBase:
    torch.manual_seed(0)
    unet = I2VGenXLUNet(
        block_out_channels=(8, 8),
        layers_per_block=1,
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
        cross_attention_dim=8,
        attention_head_dim=4,
        norm_num_groups=2,
    )
    pipe: Any = I2VGenXLPipeline(
        **NO_TEXT,
        vae=autoencoder(),
        image_encoder=picture_encoder(width=8),
        feature_extractor=CLIPImageProcessor(crop_size=32, size=32),
        unet=unet,
        scheduler=DDIMScheduler(clip_sample=False),  # pyright: ignore[reportArgumentType]
    )
    base = text_base(
        pipe,
        unet=unet,
        frames=3,
        texts_per_video=1,
        row={"image": picture(16)},
        asked={"target_fps": 8, "clip_skip": None},
    )

    def generate(*, videos: int = 1) -> Tensor:
        torch.manual_seed(7)  # the pipeline draws the picture's latents from torch's global generator
        return base.generate(videos=videos)

    def forward(videos: int) -> Tensor:
        return unet(
            like(noise(videos, 4, 3, 8, 8), unet),
            10,
            torch.full((videos,), 8),
            image_latents=like(noise(videos, 4, 3, 8, 8), unet),
            image_embeddings=like(noise(videos, 8), unet),
            encoder_hidden_states=like(noise(videos, 5, 8), unet),
            return_dict=False,
        )[0]

    return TinyBase(
        pipe=pipe, denoiser=unet, address=address_for(pipe), frames=3, generate=generate, forward=forward
    )
