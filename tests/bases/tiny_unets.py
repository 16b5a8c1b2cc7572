"""Tiny random U-Nets in real diffusers pipelines built in code; nothing is downloaded. One call per step, the
unconditional half of the batch first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers import (
    AnimateDiffPipeline,
    AutoencoderKL,
    AutoencoderKLTemporalDecoder,
    DDIMScheduler,
    EulerDiscreteScheduler,
    MotionAdapter,
    StableVideoDiffusionPipeline,
    TextToVideoSDPipeline,
    UNet2DConditionModel,
    UNet3DConditionModel,
    UNetSpatioTemporalConditionModel,
)
from tiny_base import STEPS, TinyBase, generators, like, noise, texts
from torch import Tensor, nn
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

from boximator.bases.index import address_for


def svd_base() -> TinyBase:
    torch.manual_seed(0)
    unet = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 32),
        layers_per_block=1,
        sample_size=32,
        in_channels=8,
        out_channels=4,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
        cross_attention_dim=32,
        num_attention_heads=4,
        projection_class_embeddings_input_dim=96,
        addition_time_embed_dim=32,
    )
    pipe: Any = StableVideoDiffusionPipeline(
        vae=_svd_autoencoder(),
        image_encoder=picture_encoder(),
        unet=unet,
        scheduler=EulerDiscreteScheduler(
            prediction_type="v_prediction", timestep_type="continuous", use_karras_sigmas=True
        ),
        feature_extractor=CLIPImageProcessor(crop_size=32, size=32),
    )
    pipe.set_progress_bar_config(disable=True)

    def generate(*, videos: int = 1) -> Tensor:
        return pipe(
            image=noise(1, 3, 32, 32).sigmoid().expand(videos, -1, -1, -1),
            height=32,
            width=32,
            num_frames=3,
            num_inference_steps=STEPS,
            min_guidance_scale=1.5,
            max_guidance_scale=3.0,
            generator=generators(videos),
            output_type="pt",
        ).frames

    def forward(videos: int) -> Tensor:
        return unet(
            like(noise(videos, 3, 8, 8, 8), unet),
            torch.tensor(0.5),
            like(noise(videos, 1, 32), unet),
            added_time_ids=torch.ones(videos, 3),
            return_dict=False,
        )[0]

    return TinyBase(
        pipe=pipe, denoiser=unet, address=address_for(pipe), frames=3, generate=generate, forward=forward
    )


def _svd_autoencoder() -> AutoencoderKLTemporalDecoder:
    config: dict[str, Any] = {
        "block_out_channels": (32, 32),
        "down_block_types": ("DownEncoderBlock2D", "DownEncoderBlock2D"),
        "latent_channels": 4,
    }
    return AutoencoderKLTemporalDecoder(**config)


def picture_encoder(*, width: int = 32, side: int = 32) -> CLIPVisionModelWithProjection:
    config = CLIPVisionConfig(
        hidden_size=32,
        projection_dim=width,
        num_hidden_layers=1,
        num_attention_heads=4,
        image_size=side,
        intermediate_size=37,
        patch_size=side // 8,
    )
    return CLIPVisionModelWithProjection(config).eval()


def unet3d_base() -> TinyBase:
    torch.manual_seed(0)
    unet = UNet3DConditionModel(
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
    pipe: Any = TextToVideoSDPipeline(
        vae=autoencoder(),
        text_encoder=None,  # pyright: ignore[reportArgumentType]
        tokenizer=None,  # pyright: ignore[reportArgumentType]
        unet=unet,
        scheduler=DDIMScheduler(clip_sample=False),  # pyright: ignore[reportArgumentType]
    )
    return text_base(pipe, unet=unet, frames=3, texts_per_video=1)


def animatediff_base() -> TinyBase:
    torch.manual_seed(0)
    plain = UNet2DConditionModel(
        block_out_channels=(8, 8),
        layers_per_block=1,
        sample_size=8,
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=8,
        norm_num_groups=2,
    )
    motion = MotionAdapter(
        block_out_channels=(8, 8),
        motion_layers_per_block=1,
        motion_norm_num_groups=2,
        motion_num_attention_heads=4,
    )
    pipe: Any = AnimateDiffPipeline(
        vae=autoencoder(),
        text_encoder=None,  # pyright: ignore[reportArgumentType]
        tokenizer=None,  # pyright: ignore[reportArgumentType]
        unet=plain,
        motion_adapter=motion,
        scheduler=DDIMScheduler(clip_sample=False),
    )
    return text_base(pipe, unet=pipe.unet, frames=4, texts_per_video=4)


def autoencoder() -> AutoencoderKL:
    config: dict[str, Any] = {  # its annotations allow one level only
        "block_out_channels": (8, 8),
        "in_channels": 3,
        "out_channels": 3,
        "down_block_types": ("DownEncoderBlock2D", "DownEncoderBlock2D"),
        "up_block_types": ("UpDecoderBlock2D", "UpDecoderBlock2D"),
        "latent_channels": 4,
        "norm_num_groups": 2,
    }
    return AutoencoderKL(**config)


def text_base(
    pipe: Any,
    *,
    unet: nn.Module,
    frames: int,
    texts_per_video: int,
    row: Mapping[str, Tensor] | None = None,
    asked: Mapping[str, Any] | None = None,
    added: Callable[[int], dict[str, Tensor]] | None = None,
) -> TinyBase:
    """A U-Net pipeline of 16 x 16 pixels, given prompt embeddings: `row` are one video's further tensors, `asked`
    its further arguments, `added` what the U-Net is told beside text."""
    pipe.set_progress_bar_config(disable=True)

    def generate(*, videos: int = 1) -> Tensor:
        more = {name: value.expand(videos, *value.shape[1:]) for name, value in (row or {}).items()}
        return pipe(
            **texts(videos, width=8, words=5),
            **more,
            **(asked or {}),
            height=16,
            width=16,
            num_frames=frames,
            num_inference_steps=STEPS,
            guidance_scale=3.0,
            generator=generators(videos),
            output_type="pt",
        ).frames

    def forward(videos: int) -> Tensor:
        sample = like(noise(videos, unet.config.in_channels, frames, 8, 8), unet)  # pyright: ignore[reportArgumentType, reportAttributeAccessIssue]
        text = like(noise(videos * texts_per_video, 5, 8), unet)
        more = {"added_cond_kwargs": added(videos)} if added else {}
        return unet(sample, 10, text, return_dict=False, **more)[0]

    return TinyBase(
        pipe=pipe, denoiser=unet, address=address_for(pipe), frames=frames, generate=generate, forward=forward
    )
