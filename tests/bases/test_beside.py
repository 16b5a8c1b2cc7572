"""An adapter beside what else people put on a base: LoRA, offloading, caches, torch.compile."""

from __future__ import annotations

# pyright: reportCallIssue=false
# (what diffusers declares is narrower, or wider, than what it takes and gives)
from collections.abc import Callable
from typing import Any

import accelerate
import pytest
import torch
from diffusers import (
    FasterCacheConfig,
    FirstBlockCacheConfig,
    PyramidAttentionBroadcastConfig,
)
from diffusers.hooks import apply_group_offloading
from peft import LoraConfig
from tiny_base import TinyBase, condition, trained
from tiny_bases import BASES
from torch import Tensor, nn

from boximator.control.adapter import BoxAdapter
from boximator.scene.problem import Problem

LORA = ("wan2.1-t2v", "cogvideox-5b", "animatediff")
OFFLOADED = ("svd", "ltx", "cosmos")


def boxed(base: TinyBase, adapter: BoxAdapter, *, seed: int = 0) -> Tensor:
    with adapter.condition(condition(videos=1, frames=base.frames, seed=seed)):
        return base.generate()


# LoRA


@pytest.mark.parametrize("name", LORA)
def test_a_lora_may_come_before_or_after(name: str) -> None:
    base, lora = BASES[name](), LoraConfig(r=2, target_modules=["to_q", "to_k", "to_v", "to_out.0"])
    adapter, denoiser = trained(base), base.denoiser
    with adapter.attached(base.pipe):
        plain = boxed(base, adapter)
        denoiser.add_adapter(lora)  # after
        assert torch.equal(boxed(base, adapter), plain)  # a fresh LoRA changes nothing
        train_lora(denoiser)
        after = boxed(base, adapter)
        assert not torch.equal(after, plain)
    with adapter.attached(base.pipe):  # before
        assert torch.equal(boxed(base, adapter), after)
    assert not any("lora" in key for key in adapter.state_dict())


def train_lora(denoiser: nn.Module) -> None:
    for key, parameter in denoiser.named_parameters():
        if "lora_B" in key:
            nn.init.normal_(parameter, std=0.5, generator=torch.Generator().manual_seed(1))


# Offloading


def _whole_model(denoiser: nn.Module) -> None:
    accelerate.cpu_offload_with_hook(denoiser, execution_device=torch.device("cpu"))


def _layer_by_layer(denoiser: nn.Module) -> None:
    accelerate.cpu_offload(denoiser, execution_device=torch.device("cpu"))


def _in_groups(denoiser: nn.Module) -> None:
    device = torch.device("cpu")
    apply_group_offloading(denoiser, onload_device=device, offload_device=device, offload_type="leaf_level")


@pytest.mark.parametrize("offload", [_whole_model, _layer_by_layer, _in_groups])
@pytest.mark.parametrize("name", OFFLOADED)
def test_offloaded_it_is_as_before(name: str, offload: Callable[[nn.Module], None]) -> None:
    base = BASES[name]()
    adapter = trained(base)
    state = condition(videos=1, frames=base.frames)
    with torch.no_grad():
        with adapter.attached(base.pipe), adapter.condition(state):
            expected = base.forward(1)
        try:
            offload(base.denoiser)
        except AttributeError as error:
            if "'NoneType' object has no attribute 'type'" not in str(error):
                raise
            pytest.skip("this version of diffusers offloads groups beside an accelerator only")
        with adapter.attached(base.pipe), adapter.condition(state):
            assert torch.equal(base.forward(1), expected)
    assert {parameter.device.type for parameter in adapter.parameters()} == {"cpu"}


@pytest.mark.parametrize(
    "name", [name for name in BASES if name != "pocket"]
)  # its pipeline is no diffusers one
def test_the_pipelines_own_model_offload_changes_nothing(name: str) -> None:
    """With a CPU in the accelerator's place."""
    base = BASES[name]()
    adapter = trained(base)
    with adapter.attached(base.pipe):
        expected = boxed(base, adapter)
    pipe: Any = base.pipe
    pipe.enable_model_cpu_offload(device="cpu")
    assert hasattr(base.denoiser, "_hf_hook")
    with adapter.attached(base.pipe):
        assert torch.equal(boxed(base, adapter), expected)


# Caches


def pyramid(**others: Any) -> PyramidAttentionBroadcastConfig:
    return PyramidAttentionBroadcastConfig(
        spatial_attention_block_skip_range=2,
        spatial_attention_timestep_skip_range=(-1, 1001),
        current_timestep_callback=lambda: 500,
        **others,
    )


def fast_cache() -> FasterCacheConfig:
    return FasterCacheConfig(
        spatial_attention_block_skip_range=2,
        spatial_attention_timestep_skip_range=(-1, 1001),
        unconditional_batch_skip_range=2,
        unconditional_batch_timestep_skip_range=(-1, 1001),
        current_timestep_callback=lambda: 500,
        tensor_format="BFCHW",
    )


@pytest.mark.parametrize("make", [pyramid, fast_cache])
def test_caches_of_attention_leave_the_boxes_alone(make: Callable[[], Any]) -> None:
    """Before or after attaching is one, and a second generation with other boxes knows nothing of the first."""
    before, after = BASES["cogvideox-5b"](), BASES["cogvideox-5b"]()
    adapter, again = trained(before), trained(after)
    before.denoiser.enable_cache(make())
    with adapter.attached(before.pipe), again.attached(after.pipe):
        after.denoiser.enable_cache(make())
        first = boxed(before, adapter)
        assert torch.equal(boxed(after, again), first)
        second = boxed(before, adapter, seed=1)
        assert not torch.equal(second, first)
        assert torch.equal(boxed(before, adapter), first)


def test_a_cache_of_blocks_keeps_what_boxes_did_in_them() -> None:
    base = BASES["wan2.1-t2v"]()
    adapter = trained(base)
    with adapter.attached(base.pipe):
        plain = boxed(base, adapter)
        base.denoiser.enable_cache(
            FirstBlockCacheConfig(threshold=0.0)
        )  # it never finds a block to leave out
        assert torch.equal(boxed(base, adapter), plain)
        base.denoiser.disable_cache()
        base.denoiser.enable_cache(FirstBlockCacheConfig(threshold=1e9))  # it leaves out all it can
        first, second = boxed(base, adapter), boxed(base, adapter, seed=1)
        assert torch.isfinite(first).all()
        assert not torch.equal(first, second)
        assert torch.equal(boxed(base, adapter), first)


@pytest.mark.parametrize("name", ["cogvideox-5b", "hunyuanvideo", "mochi"])
def test_a_cache_of_blocks_is_refused_where_boxes_come_in_at_their_end(name: str) -> None:
    base = BASES[name]()
    adapter = trained(base)
    base.denoiser.enable_cache(FirstBlockCacheConfig(threshold=0.1))
    with adapter.attached(base.pipe), pytest.raises(Problem, match=r"FirstBlockCache is on.*disable_cache"):
        boxed(base, adapter)


# torch.compile


@pytest.mark.parametrize("name", ["wan2.1-t2v", "latte"])
def test_a_whole_denoiser_is_one_graph_and_new_boxes_need_no_other(name: str) -> None:
    torch.compiler.reset()
    base = BASES[name]()
    adapter = trained(base)
    graphs: list[object] = []

    def backend(graph: torch.fx.GraphModule, inputs: list[Tensor]) -> Any:
        graphs.append(graph)
        return graph.forward

    with adapter.attached(base.pipe), torch.no_grad():
        expected = [_stepped(base, adapter, seed=seed) for seed in (0, 1)]
        base.denoiser.compile(backend=backend, fullgraph=True)
        compiled = [_stepped(base, adapter, seed=0)]
        made = len(graphs)
        compiled.append(_stepped(base, adapter, seed=1))
    assert made > 0
    assert len(graphs) == made
    for ours, theirs in zip(compiled, expected, strict=True):
        torch.testing.assert_close(ours, theirs)
    torch.compiler.reset()


def _stepped(base: TinyBase, adapter: BoxAdapter, *, seed: int) -> Tensor:
    with adapter.condition(condition(videos=1, frames=base.frames, seed=seed)):
        base.forward(1)
        return base.forward(1)
