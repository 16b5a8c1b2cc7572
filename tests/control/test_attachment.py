from __future__ import annotations

import copy
import dataclasses
import inspect
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import FasterCacheConfig, WanTransformer3DModel
from diffusers.models.attention import BasicTransformerBlock
from einops import rearrange
from torch import Tensor, nn

from boximator.control import active
from boximator.control.adapter import BoxAdapter
from boximator.control.address import Address
from boximator.control.attachment import BlockHooks, DenoiserHooks, level
from boximator.control.attention import places
from boximator.control.condition import Condition
from boximator.scene.problem import Problem

CPU = torch.device("cpu")


@pytest.fixture
def adapter(address: Address) -> BoxAdapter:
    """Trained: its output projections are not zero."""
    torch.manual_seed(1)
    made = BoxAdapter(address=address.to_json(), token_dim=16)
    for layer in made.gated_layers:
        nn.init.normal_(layer.output.weight, std=0.5)
    return made


def call(denoiser: nn.Module, batch: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return denoiser(
        hidden_states=torch.randn(batch, 3, 2, 8, 8, generator=generator),
        timestep=torch.full((batch,), 500.0),
        encoder_hidden_states=torch.randn(1, 4, 8, generator=generator).expand(batch, -1, -1),
        return_dict=False,
    )[0]


# The formula


def test_in_a_wan_block_the_layer_acts_on_the_residual_stream(
    denoiser: WanTransformer3DModel, adapter: BoxAdapter, boxes: Condition
) -> None:
    """v + delta reaches cross-attention and everything after it, as if it were written into the block."""
    block: Any = denoiser.blocks[0]
    layer = adapter.gated_layers[0]
    v, text, time = torch.randn(2, 8, 24), torch.randn(2, 4, 24), torch.randn(2, 6, 24)
    rotary = denoiser.rope(torch.empty(2, 3, 2, 8, 8))
    with adapter.attached(denoiser), adapter.condition(boxes), torch.no_grad():
        call(denoiser)  # hands the hooks their keys and values
        hooked = block(v, text, time, rotary)
        hooks: BlockHooks = block.norm2._forward_pre_hooks.popitem()[1].__self__
        control = hooks.control
    assert control is not None
    with torch.no_grad():
        shift, scale, gate, shift_ff, scale_ff, gate_ff = (block.scale_shift_table + time).chunk(6, dim=1)
        v = v + block.attn1(block.norm1(v) * (1 + scale) + shift, None, None, rotary) * gate
        rows = rearrange(v, "b (f n) c -> (b f) n c", f=2)
        v = v + rearrange(layer(rows, control, places(2, 2, device=CPU)), "(b f) n c -> b (f n) c", f=2)
        v = v + block.attn2(block.norm2(v), text, None, None)
        v = v + block.ffn(block.norm3(v) * (1 + scale_ff) + shift_ff) * gate_ff
    torch.testing.assert_close(hooked, v)


def test_in_a_unet_block_the_layer_acts_on_the_residual_stream(adapter: BoxAdapter, boxes: Condition) -> None:
    block: Any = BasicTransformerBlock(24, 2, 12, cross_attention_dim=8).eval()
    layer, tokens = adapter.gated_layers[0], torch.randn(3, 8, 16)
    layer.place = None
    hooks = BlockHooks(layer, dataclasses.replace(adapter.address, layout="frames_in_batch"))
    hooks.control = layer.keys_values(tokens)
    v, text = torch.randn(3, 6, 24), torch.randn(3, 4, 8)
    reading = block.norm2.register_forward_pre_hook(hooks.read)
    writing = block.attn2.register_forward_hook(hooks.write)
    hooked = block(v, encoder_hidden_states=text)
    reading.remove()
    writing.remove()
    v = v + block.attn1(block.norm1(v))
    v = v + layer(v, hooks.control)
    v = v + block.attn2(block.norm2(v), encoder_hidden_states=text)
    v = v + block.ff(block.norm3(v))
    torch.testing.assert_close(hooked, v)


# Bases that cannot take hooks


@pytest.mark.parametrize("part", ["", "blocks.1"])
def test_a_compiled_base_is_refused(denoiser: WanTransformer3DModel, adapter: BoxAdapter, part: str) -> None:
    denoiser.get_submodule(part).compile(backend="eager")
    with pytest.raises(Problem, match=r"already compiled.*attach the adapter, then compile"):
        adapter.attach(denoiser)


def test_a_wrapped_compiled_base_is_refused(denoiser: WanTransformer3DModel, adapter: BoxAdapter) -> None:
    compiled = torch.compile(denoiser, backend="eager")
    with pytest.raises(Problem, match="already compiled"):
        adapter.attach(compiled)
    with pytest.raises(Problem, match="already compiled"):
        adapter.attach(SimpleNamespace(transformer=compiled))


def test_context_parallelism_is_refused(denoiser: WanTransformer3DModel, adapter: BoxAdapter) -> None:
    vars(denoiser)["_parallel_config"] = SimpleNamespace(context_parallel_config=object())
    with pytest.raises(Problem, match="context parallelism"):
        adapter.attach(denoiser)


def test_a_refused_pipeline_is_left_without_hooks(denoiser: WanTransformer3DModel, address: Address) -> None:
    data = {**address.to_json(), "denoisers": ["transformer", "transformer_2"]}
    adapter = BoxAdapter(address=data, token_dim=16)
    pipe = SimpleNamespace(transformer=denoiser, transformer_2=nn.Linear(1, 1))
    with pytest.raises(Problem, match="is a Linear"):
        adapter.attach(pipe)
    assert not vars(denoiser)["_forward_pre_hooks"]
    adapter.attach(denoiser).remove()


# Copies


def test_a_base_with_hooks_is_not_copied(denoiser: WanTransformer3DModel, adapter: BoxAdapter) -> None:
    with adapter.attached(denoiser), pytest.raises(Problem, match="Detach the adapter first"):
        copy.deepcopy(denoiser)
    copy.deepcopy(denoiser)


def test_a_copy_of_the_adapter_is_attached_to_nothing(
    denoiser: WanTransformer3DModel, adapter: BoxAdapter, boxes: Condition
) -> None:
    with adapter.attached(denoiser):
        average = copy.deepcopy(adapter)
        with adapter.condition(boxes):
            expected = call(denoiser)
    with average.attached(denoiser), average.condition(boxes):
        assert torch.equal(call(denoiser), expected)


# Other people's machinery


def test_cache_context_still_reaches_the_base(denoiser: WanTransformer3DModel, adapter: BoxAdapter) -> None:
    known = inspect.signature(denoiser.cache_context).parameters
    fields: dict[str, Any] = {"step_index": 3} if len(known) > 1 else {}  # older diffusers know the name only
    with adapter.attached(denoiser), denoiser.cache_context("uncond", **fields):
        pass
    assert "cache_context" not in vars(denoiser)


@pytest.mark.parametrize("most", [0, 256])
def test_places_that_are_kept_add_what_they_would_add_anew(
    denoiser: WanTransformer3DModel,
    adapter: BoxAdapter,
    boxes: Condition,
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []
    place = adapter.gated_layers[0].place
    assert place is not None

    def count(module: nn.Module, args: tuple[Any, ...]) -> None:
        asked.append(module)

    place.register_forward_pre_hook(count)
    with adapter.attached(denoiser), adapter.condition(boxes), torch.no_grad():
        kept = [call(denoiser), call(denoiser)]
    assert len(asked) == 1
    monkeypatch.setattr(active, "KEPT_PLACES", most)
    with adapter.attached(denoiser), adapter.condition(boxes), torch.no_grad():
        other = [call(denoiser), call(denoiser)]
    assert len(asked) == (2 if most else 3)
    assert torch.equal(torch.stack(kept), torch.stack(other))


def test_the_branch_is_forgotten_after_its_context(
    denoiser: WanTransformer3DModel, adapter: BoxAdapter, boxes: Condition
) -> None:
    with adapter.attached(denoiser), adapter.condition(boxes), torch.no_grad():
        boxed = call(denoiser)
        with denoiser.cache_context("uncond"):
            null = call(denoiser)
        assert torch.equal(call(denoiser), boxed)
    with adapter.attached(denoiser), adapter.condition(None), torch.no_grad():
        assert torch.equal(call(denoiser), null)
    assert not torch.equal(null, boxed)


def test_a_second_call_at_one_timestep_is_the_unconditional_one_where_branches_have_no_name(
    denoiser: WanTransformer3DModel, address: Address, boxes: Condition
) -> None:
    told = BoxAdapter(address=dataclasses.replace(address, repeats=True).to_json(), token_dim=16)
    hooks = DenoiserHooks(told, denoiser)
    one, other = torch.zeros(1), torch.zeros(1)
    with torch.no_grad():
        seen = [hooks.unnamed_branch(timestep) for timestep in (one, one, other, other, None, None)]
    assert seen == [None, "uncond", None, "uncond", None, None]
    assert [hooks.unnamed_branch(one), hooks.unnamed_branch(one)] == [
        None,
        None,
    ]  # in training every call is what it is
    hooks.remove()


@pytest.mark.parametrize(
    ("tokens", "grid"), [(72 * 128, (72, 128)), (36 * 64, (36, 64)), (9 * 16, (9, 16)), (3 * 4, (3, 4))]
)
def test_a_unets_level_is_known_by_its_tokens(tokens: int, grid: tuple[int, int]) -> None:
    assert level((72, 128) if tokens > 100 else (11, 15), tokens) == grid


def test_a_cache_that_drops_the_unconditional_half_keeps_the_boxes(
    denoiser: WanTransformer3DModel, adapter: BoxAdapter, boxes: Condition
) -> None:
    """FasterCache announces 2B to the denoiser and lets B reach its blocks."""
    with adapter.attached(denoiser), adapter.condition(boxes), torch.no_grad():
        full = call(denoiser, batch=4)
        config = FasterCacheConfig(
            spatial_attention_timestep_skip_range=(-1, -1),
            unconditional_batch_skip_range=2,
            unconditional_batch_timestep_skip_range=(-1, 1000),
            current_timestep_callback=lambda: 500,
            attention_weight_callback=lambda _: 1.0,
            tensor_format="BCFHW",
        )
        denoiser.enable_cache(config)
        first, second = call(denoiser, batch=4), call(denoiser, batch=4)
    torch.testing.assert_close(first, full)
    torch.testing.assert_close(second[2:], full[2:])


def test_compiled_after_attaching_new_boxes_need_no_new_graph(
    denoiser: WanTransformer3DModel, adapter: BoxAdapter, boxes: Condition
) -> None:
    torch.compiler.reset()
    graphs: list[object] = []

    def backend(graph: torch.fx.GraphModule, inputs: list[Tensor]) -> Any:
        graphs.append(graph)
        return graph.forward

    other = Condition(boxes=1 - boxes.boxes, colours=boxes.colours, hard=boxes.hard, present=boxes.present)
    conditions = (boxes, other, None)
    with adapter.attached(denoiser), torch.no_grad():
        expected = [_conditioned(denoiser, adapter, condition) for condition in conditions]
        denoiser.compile_repeated_blocks(backend=backend, fullgraph=True)
        compiled = [_conditioned(denoiser, adapter, condition) for condition in conditions]
    assert len(graphs) == 1
    for ours, theirs in zip(compiled, expected, strict=True):
        torch.testing.assert_close(ours, theirs)


def _conditioned(denoiser: nn.Module, adapter: BoxAdapter, condition: Condition | None) -> Tensor:
    with adapter.condition(condition):
        return call(denoiser)
