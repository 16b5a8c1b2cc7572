"""Tiny random pipelines with text encoders and tokenizers of their own, saved to a folder as a hub id names one."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import (
    AnimateDiffPipeline,
    CogVideoXDDIMScheduler,
    CogVideoXImageToVideoPipeline,
    DDIMScheduler,
    LTXImageToVideoPipeline,
)
from tiny_base import TinyBase
from tiny_bases import BASES
from tiny_cogvideox import cogvideox_autoencoder, cogvideox_transformer
from tiny_motion import motion_adapter, plain_unet
from tiny_unets import autoencoder, picture_encoder
from tiny_volumes import ltx_parts
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    PreTrainedTokenizerFast,
    T5Config,
    T5EncoderModel,
)

WORDS = ("<pad>", "<eos>", "<unk>", "a", "sheep", "walks", "to", "the", "right")


def tokenizer(longest: int = 8) -> PreTrainedTokenizerFast:
    model = Tokenizer(WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="<unk>"))
    model.pre_tokenizer = Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    return PreTrainedTokenizerFast(
        tokenizer_object=model,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        model_max_length=longest,
    )


def t5(width: int = 32) -> T5EncoderModel:
    config = T5Config(vocab_size=16, d_model=width, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    return T5EncoderModel(config).eval()


def clip(longest: int = 8) -> CLIPTextModel:
    return CLIPTextModel(_clip_config(longest)).eval()


def projected_clip(longest: int = 8) -> CLIPTextModelWithProjection:
    return CLIPTextModelWithProjection(_clip_config(longest)).eval()


def _clip_config(longest: int) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=16,
        hidden_size=8,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=longest,
        eos_token_id=1,
        projection_dim=8,
    )


def _with_t5(base: TinyBase) -> Any:
    pipe: Any = base.pipe
    pipe.register_modules(text_encoder=t5(), tokenizer=tokenizer())
    return pipe


def pipeline(name: str) -> Any:
    """A tiny pipeline for the example of that name."""
    torch.manual_seed(0)
    if name == "svd":
        pipe: Any = BASES["svd"]().pipe
        pipe.register_modules(
            image_encoder=picture_encoder(side=224)
        )  # the size that pipeline makes of pictures
        return pipe
    if name == "ltx":
        return LTXImageToVideoPipeline(text_encoder=t5(), tokenizer=tokenizer(), **ltx_parts())
    if name == "animatediff":
        kind: Any = AnimateDiffPipeline
        return kind(
            vae=autoencoder(),
            text_encoder=clip(),
            tokenizer=tokenizer(),
            unet=plain_unet(),
            motion_adapter=motion_adapter(),
            scheduler=DDIMScheduler(clip_sample=False),
        )
    if name == "cogvideox_i2v":
        transformer = cogvideox_transformer(
            in_channels=8,
            use_rotary_positional_embeddings=True,
            use_learned_positional_embeddings=True,
            max_text_seq_length=226,
        )
        return CogVideoXImageToVideoPipeline(
            tokenizer=tokenizer(),  # pyright: ignore[reportArgumentType]
            text_encoder=t5(),
            transformer=transformer,
            vae=cogvideox_autoencoder(),
            scheduler=CogVideoXDDIMScheduler(),
        )
    return _with_t5(BASES[{"wan21_i2v": "wan2.1-i2v", "wan22_5b": "wan2.2-5b"}[name]]())
