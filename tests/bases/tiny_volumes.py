"""LTX, Mochi, Allegro, Cosmos and Latte, tiny and random, in their real pipelines; nothing is downloaded."""

from __future__ import annotations

# pyright: reportArgumentType=false, reportPrivateUsage=false, reportOptionalMemberAccess=false
# (what diffusers declares is narrower, or wider, than what it takes and gives)
from typing import Any

import torch
from diffusers import (
    AllegroPipeline,
    AllegroTransformer3DModel,
    AutoencoderKLAllegro,
    AutoencoderKLCosmos,
    AutoencoderKLLTXVideo,
    AutoencoderKLMochi,
    ConfigMixin,
    CosmosTextToWorldPipeline,
    CosmosTransformer3DModel,
    DDIMScheduler,
    EDMEulerScheduler,
    FlowMatchEulerDiscreteScheduler,
    LattePipeline,
    LatteTransformer3DModel,
    LTXImageToVideoPipeline,
    LTXPipeline,
    LTXVideoTransformer3DModel,
    MochiPipeline,
    MochiTransformer3DModel,
    ModelMixin,
)
from tiny_base import STEPS, TinyBase, generators, like, noise, picture, texts
from tiny_unets import autoencoder
from torch import Tensor, nn

from boximator.bases.index import address_for

WORDS = 5
NO_TEXT: dict[str, Any] = {"tokenizer": None, "text_encoder": None}


def _base(
    pipe: Any,
    *,
    frames: int,
    asked: dict[str, Any],
    text: int,
    call: dict[str, Any],
    masks: bool,
    prepared: int = 1,
) -> TinyBase:
    """A base of a pipeline that is `asked` for one kind of video, and the `call` of its denoiser for one."""
    pipe.set_progress_bar_config(disable=True)
    denoiser: nn.Module = pipe.transformer

    def generate(*, videos: int = 1) -> Tensor:
        told = {
            name: value.expand(videos, *value.shape[1:]) if isinstance(value, Tensor) else value
            for name, value in asked.items()
        }
        return pipe(
            **texts(videos, width=text, words=WORDS, masks=masks),
            **told,
            num_inference_steps=STEPS,
            guidance_scale=3.0,
            generator=generators(videos),
        ).frames

    def forward(videos: int) -> Tensor:
        words = {"encoder_hidden_states": like(noise(videos, WORDS, text), denoiser)}
        if masks:
            words["encoder_attention_mask"] = torch.ones(videos, WORDS)
        sized = {
            name: like(noise(videos, *value), denoiser) if name == "hidden_states" else value
            for name, value in call.items()
        }
        return denoiser(**words, **sized, timestep=torch.full((videos,), 500), return_dict=False)[0]

    return TinyBase(
        pipe=pipe,
        denoiser=denoiser,
        address=address_for(pipe),
        frames=frames,
        generate=generate,
        forward=forward,
        prepared=prepared,
    )


def ltx_parts() -> dict[str, Any]:
    transformer = LTXVideoTransformer3DModel(
        in_channels=8,
        out_channels=8,
        num_attention_heads=2,
        attention_head_dim=16,
        cross_attention_dim=32,
        num_layers=2,
        caption_channels=32,
    )
    vae: dict[str, Any] = {
        "latent_channels": 8,
        "block_out_channels": (8, 8, 8, 8),
        "decoder_block_out_channels": (8, 8, 8, 8),
        "layers_per_block": (1, 1, 1, 1, 1),
        "decoder_layers_per_block": (1, 1, 1, 1, 1),
        "patch_size": 1,
        "encoder_causal": True,
    }
    scheduler = FlowMatchEulerDiscreteScheduler()
    return {"transformer": transformer, "vae": AutoencoderKLLTXVideo(**vae), "scheduler": scheduler}


def ltx_base() -> TinyBase:
    torch.manual_seed(0)
    return _ltx(LTXPipeline(**NO_TEXT, **ltx_parts()), shown={})


def ltx_image_base() -> TinyBase:
    torch.manual_seed(0)
    return _ltx(LTXImageToVideoPipeline(**NO_TEXT, **ltx_parts()), shown={"image": picture(32)})


def _ltx(pipe: Any, *, shown: dict[str, Tensor]) -> TinyBase:
    return _base(
        pipe,
        frames=17,
        text=32,
        asked={"height": 32, "width": 32, "num_frames": 17, "output_type": "pt", **shown},
        call={"hidden_states": (3 * 2 * 4, 8), "num_frames": 3, "height": 2, "width": 4},
        masks=True,
    )


def mochi_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = MochiTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=8,
        num_layers=2,
        pooled_projection_dim=16,
        in_channels=12,
        text_embed_dim=32,
        time_embed_dim=4,
    )
    vae: dict[str, Any] = {
        "encoder_block_out_channels": (32, 32, 32, 32),
        "decoder_block_out_channels": (32, 32, 32, 32),
        "layers_per_block": (1, 1, 1, 1, 1),
    }
    pipe = MochiPipeline(
        **NO_TEXT,
        transformer=transformer,
        vae=AutoencoderKLMochi(**vae),
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    return _base(
        pipe,
        frames=13,
        text=32,
        asked={"height": 16, "width": 16, "num_frames": 13, "output_type": "latent"},
        call={"hidden_states": (12, 3, 4, 4)},
        masks=True,
    )


def allegro_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = AllegroTransformer3DModel(
        num_attention_heads=2,
        attention_head_dim=12,
        num_layers=2,
        cross_attention_dim=24,
        sample_width=4,
        sample_height=4,
        sample_frames=2,
        caption_channels=24,
    )
    vae: dict[str, Any] = {
        "block_out_channels": (8, 8, 8, 8),
        "layers_per_block": 1,
        "norm_num_groups": 2,
    }
    pipe = AllegroPipeline(
        **NO_TEXT, transformer=transformer, vae=AutoencoderKLAllegro(**vae), scheduler=DDIMScheduler()
    )
    rotary = pipe._prepare_rotary_positional_embeddings(1, 32, 32, 2, torch.device("cpu"))
    return _base(
        pipe,
        frames=8,
        text=24,
        asked={
            "height": 32,
            "width": 32,
            "num_frames": 8,
            "output_type": "latent",
            "clean_caption": False,
            "negative_prompt": None,
        },
        call={"hidden_states": (4, 2, 4, 4), "image_rotary_emb": rotary},
        masks=True,
    )


class Unguarded(ModelMixin, ConfigMixin):
    """Cosmos wants a guard, which is not under test."""

    def __init__(self) -> None:
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(1))


def cosmos_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = CosmosTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=16,
        num_layers=2,
        mlp_ratio=2,
        text_embed_dim=32,
        adaln_lora_dim=4,
        max_size=(4, 32, 32),
        concat_padding_mask=False,
    )
    nn.init.normal_(transformer.learnable_pos_embed.pos_emb_h, std=0.02)
    vae: dict[str, Any] = {
        "latent_channels": 4,
        "encoder_block_out_channels": (8, 8, 8, 8),
        "decode_block_out_channels": (8, 8, 8, 8),
        "attention_resolutions": (8,),
        "resolution": 64,
        "num_layers": 1,
    }
    guard: Any = Unguarded()
    pipe = CosmosTextToWorldPipeline(
        **NO_TEXT,
        transformer=transformer,
        vae=AutoencoderKLCosmos(**vae),
        scheduler=EDMEulerScheduler(),
        safety_checker=guard,
    )
    return _base(
        pipe,
        frames=17,
        text=32,
        asked={"height": 32, "width": 32, "num_frames": 17, "output_type": "latent"},
        call={"hidden_states": (4, 3, 4, 4)},
        masks=False,
        prepared=2,
    )


def latte_base() -> TinyBase:
    torch.manual_seed(0)
    transformer = LatteTransformer3DModel(
        sample_size=8,
        num_layers=2,
        patch_size=2,
        attention_head_dim=8,
        num_attention_heads=3,
        caption_channels=32,
        in_channels=4,
        cross_attention_dim=24,
        out_channels=8,
        attention_bias=True,
        activation_fn="gelu-approximate",
        num_embeds_ada_norm=1000,
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
        video_length=3,
    )
    pipe = LattePipeline(
        **NO_TEXT, transformer=transformer, vae=autoencoder(), scheduler=DDIMScheduler(clip_sample=False)
    )
    return _base(
        pipe,
        frames=3,
        text=32,
        asked={
            "height": 16,
            "width": 16,
            "video_length": 3,
            "output_type": "pt",
            "clean_caption": False,
            "negative_prompt": None,
            "mask_feature": False,
        },
        call={"hidden_states": (4, 3, 8, 8)},
        masks=False,
    )
