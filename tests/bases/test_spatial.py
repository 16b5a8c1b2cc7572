from __future__ import annotations

from collections import Counter

import pytest
import torch
from diffusers import UNet3DConditionModel, UNetSpatioTemporalConditionModel
from diffusers.models.attention import BasicTransformerBlock, TemporalBasicTransformerBlock
from diffusers.models.transformers.transformer_temporal import TransformerTemporalModel
from tiny_bases import BASES
from torch import nn

from boximator.bases import svd, unet3d

UNETS = ("svd", "unet3d", "animatediff")
SPATIAL_BLOCKS = {320: 5, 640: 5, 1280: 6}
"""By width, as in Stable Diffusion; the coarsest level includes the middle block."""


def test_at_full_size_the_widths_are_those_of_stable_diffusion() -> None:
    with torch.device("meta"):
        denoisers = (
            UNetSpatioTemporalConditionModel(num_attention_heads=(5, 10, 20, 20)),
            UNet3DConditionModel(),
        )
    for address in (svd.address(denoisers[0]), unet3d.address(denoisers[1])):
        assert Counter(block.width for block in address.blocks) == SPATIAL_BLOCKS
        assert all(block.width == 64 * block.heads for block in address.blocks)


@pytest.mark.parametrize("name", UNETS)
def test_blocks_stand_in_the_order_they_run(name: str) -> None:
    base = BASES[name]()
    blocks = [base.denoiser.get_submodule(block.path) for block in base.address.blocks]
    ran: list[nn.Module] = []

    def note(module: nn.Module, args: object) -> None:
        ran.append(module)

    for block in reversed(blocks):
        block.register_forward_pre_hook(note)
    base.forward(1)
    assert ran == blocks


@pytest.mark.parametrize("name", UNETS)
def test_temporal_blocks_are_left_alone(name: str) -> None:
    base = BASES[name]()
    chosen = {base.denoiser.get_submodule(block.path) for block in base.address.blocks}
    assert all(isinstance(block, BasicTransformerBlock) for block in chosen)
    temporal = {part for part in base.denoiser.modules() if isinstance(part, TemporalBasicTransformerBlock)}
    for path, part in base.denoiser.named_modules():
        if isinstance(part, TransformerTemporalModel) or "motion_modules" in path:
            temporal |= set(part.modules())
    assert temporal
    assert chosen.isdisjoint(temporal)
