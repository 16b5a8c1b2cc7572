"""What a layer adds reaches the residual stream, whole and once, in every family's blocks."""

from __future__ import annotations

# pyright: reportArgumentType=false
# (what diffusers declares is narrower, or wider, than what it takes and gives)
import dataclasses
from typing import Any

import pytest
import torch
from tiny_base import TinyBase, condition, trained
from tiny_bases import BASES
from torch import Tensor, nn

NORM_BEFORE_FEED_FORWARD = {
    "svd": "norm3",
    "unet3d": "norm3",
    "i2vgenxl": "norm3",
    "animatediff": "norm3",
    "latte": "norm2",
    "cogvideox-2b": "norm2",
    "cogvideox-1.5-i2v": "norm2",
    "ltx": "norm2",
    "wan2.1-t2v": "norm3",
    "skyreels": "norm3",
    "hunyuanvideo": "norm2",
    "hunyuanvideo15": "norm2",
    "mochi": "norm3",
    "allegro": "norm2",
    "cosmos": "norm3",
}
"""The last consumer of v in a block."""


def test_every_kind_of_block_is_looked_at() -> None:
    classes = {make().address.model_class for name, make in BASES.items() if name != "pocket"}
    assert {BASES[name]().address.model_class for name in NORM_BEFORE_FEED_FORWARD} == classes


@pytest.mark.parametrize("name", NORM_BEFORE_FEED_FORWARD)
def test_with_nothing_after_self_attention_a_block_gains_exactly_what_the_layer_says(name: str) -> None:
    whole = BASES[name]()
    base = dataclasses.replace(
        whole, address=dataclasses.replace(whole.address, blocks=whole.address.blocks[:1])
    )
    block = base.denoiser.get_submodule(base.address.blocks[0].path)
    _silence(block)
    adapter = trained(base)
    plain = _seen(base, block, norm=NORM_BEFORE_FEED_FORWARD[name])
    said: list[Tensor] = []
    adapter.layers[0].register_forward_hook(lambda module, args, output: said.append(output))
    with adapter.attached(base.pipe), adapter.condition(condition(videos=1, frames=base.frames)):
        boxed = _seen(base, block, norm=NORM_BEFORE_FEED_FORWARD[name])
    assert said[0].abs().max() > 0.1
    for without, with_ in zip(plain, boxed, strict=True):
        torch.testing.assert_close(with_ - without, said[0].reshape(without.shape), atol=1e-5, rtol=1e-4)


def _silence(block: Any) -> None:
    """Cross-attention and feed-forward say zero."""
    feed_forward = block.get_submodule("ffn" if hasattr(block, "ffn") else "ff")
    last = [part for part in feed_forward.modules() if isinstance(part, nn.Linear)][-1]
    parts = [last, *([block.attn2.to_out[0]] if hasattr(block, "attn2") else [])]
    for part in parts:
        for parameter in part.parameters():
            nn.init.zeros_(parameter)


@torch.no_grad()
def _seen(base: TinyBase, block: nn.Module, *, norm: str) -> tuple[Tensor, Tensor]:
    """What the norm before the feed-forward gets, and what the block returns."""
    inputs: list[Tensor] = []
    outputs: list[Tensor] = []

    def keep(module: nn.Module, args: tuple[Any, ...], output: Any) -> None:
        outputs.append(output[0] if isinstance(output, tuple) else output)

    handles = [
        block.get_submodule(norm).register_forward_pre_hook(lambda module, args: inputs.append(args[0])),
        block.register_forward_hook(keep),
    ]
    base.forward(1)
    for handle in handles:
        handle.remove()
    return inputs[0], outputs[0]
