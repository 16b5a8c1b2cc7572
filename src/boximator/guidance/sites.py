"""Where attention happens in diffusers' video networks, and between what: found by class, in any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.transformers.transformer_temporal import TransformerSpatioTemporalModel
from torch import nn

from boximator.scene.problem import Problem

Kind = Literal["space", "time", "video", "frame_words", "video_words", "joint"]
"""
* space: tokens of one frame; the batch is (videos frames).
* time: one place in all frames; the batch is (videos rows columns).
* video: tokens of all frames.
* frame_words, video_words: from one frame's, or all frames', tokens to the text's.
* joint: text's and then all frames' tokens, among themselves.
"""
SELF: tuple[Kind, ...] = ("space", "time", "video", "joint")
WORDS: tuple[Kind, ...] = ("frame_words", "video_words")
_TEMPORAL = ("TransformerTemporalModel", "AnimateDiffTransformer3D")


@dataclass(frozen=True)
class Site:
    """An attention module, its path in the denoiser, and what attends to what in it."""

    module: nn.Module
    path: str
    kind: Kind


def sites(denoiser: nn.Module) -> tuple[Site, ...]:
    """Every attention in order of the modules.

    Raises:
        Problem: a network of a class that is not known here.
    """
    name = type(denoiser).__name__
    if name == "WanTransformer3DModel":
        found = _named(denoiser, attn1="video", attn2="video_words")
    elif name == "CogVideoXTransformer3DModel":
        found = _named(denoiser, attn1="joint")
    else:
        found = _factorised(denoiser)
    if not found:
        raise Problem(
            given=f"In {name} no attention was found that a training-free method knows",
            wanted="One of diffusers' factorised U-Nets, a WanTransformer3DModel or a CogVideoXTransformer3DModel",
            fix="Use the method ttm, which needs no attention, or a trained adapter",
        )
    return found


def _named(denoiser: nn.Module, **kinds: Kind) -> tuple[Site, ...]:
    return tuple(
        Site(module=module, path=path, kind=kinds[name])
        for path, module in denoiser.named_modules()
        if (name := path.rpartition(".")[2]) in kinds
    )


def _factorised(denoiser: nn.Module) -> tuple[Site, ...]:
    """Spatial blocks by their parent's class, temporal ones likewise (they may be made of the same blocks)."""
    found: list[Site] = []
    for path, parent in denoiser.named_modules():
        if isinstance(parent, (Transformer2DModel, TransformerSpatioTemporalModel)):
            found += _of_blocks(
                parent, path=path, blocks="transformer_blocks", attn1="space", attn2="frame_words"
            )
        if isinstance(parent, TransformerSpatioTemporalModel):
            found += _of_blocks(parent, path=path, blocks="temporal_transformer_blocks", attn1="time")
        if type(parent).__name__ in _TEMPORAL:  # both of their attentions run over the frames
            found += _of_blocks(parent, path=path, blocks="transformer_blocks", attn1="time", attn2="time")
    return tuple(found)


def _of_blocks(parent: nn.Module, *, path: str, blocks: str, **kinds: Kind) -> list[Site]:
    found: list[Site] = []
    for index, block in enumerate(parent.get_submodule(blocks).children()):
        for name, kind in kinds.items():
            module = getattr(block, name, None)
            if isinstance(module, nn.Module):
                found.append(Site(module=module, path=f"{path}.{blocks}.{index}.{name}", kind=kind))
    return found
