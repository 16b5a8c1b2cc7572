from __future__ import annotations

import copy
from typing import Any, cast

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, WanPipeline
from tiny_base import condition, trained
from tiny_wan import wan_base
from torch import nn

from boximator.bases.index import address_for


def test_the_video_frames_of_its_latents() -> None:
    frames = wan_base().address.frames
    assert frames.video_frames(21) == 81
    assert frames.frames_of(0) == (0, 0, 0, 0)
    assert frames.frames_of(20) == (77, 78, 79, 80)


def test_two_experts_share_one_adapter() -> None:
    """Wan 2.2: the first steps are one transformer's, the later ones the other's."""
    base = wan_base()
    one = cast(WanPipeline, base.pipe)
    two: Any = WanPipeline(
        tokenizer=None,  # pyright: ignore[reportArgumentType]
        text_encoder=None,  # pyright: ignore[reportArgumentType]
        transformer=one.transformer,
        transformer_2=copy.deepcopy(one.transformer),
        vae=one.vae,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=1.0),
        boundary_ratio=0.7,
    )
    two.set_progress_bar_config(disable=True)
    adapter = trained(base)
    assert address_for(two) == base.address
    seen: list[nn.Module] = []

    def note(module: nn.Module, args: object) -> None:
        seen.append(module)

    for denoiser in (two.transformer, two.transformer_2):
        denoiser.register_forward_pre_hook(note)

    def generate() -> torch.Tensor:
        return two(
            prompt_embeds=torch.ones(1, 6, 32),
            negative_prompt_embeds=torch.zeros(1, 6, 32),
            height=16,
            width=16,
            num_frames=9,
            num_inference_steps=2,
            guidance_scale=3.0,
            generator=torch.Generator().manual_seed(0),
            output_type="pt",
        ).frames

    plain = generate()
    assert seen == [two.transformer] * 2 + [two.transformer_2] * 2
    with adapter.attached(two) as attached, attached.condition(condition(videos=1, frames=9)):
        boxed = generate()
    assert not torch.equal(boxed, plain)
    assert torch.equal(generate(), plain)
