"""What goes wrong in attaching and calling is said, never passed over."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch
from tiny_base import condition, fresh, trained
from tiny_bases import BASES

from boximator.bases.index import address_for
from boximator.control.condition import Condition
from boximator.scene.problem import Problem


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("wan2.1-t2v", "cogvideox-5b", "adapter is for a WanTransformer3DModel"),
        ("skyreels", "wan2.1-t2v", "adapter is for a SkyReelsV2Transformer3DModel"),
        ("svd", "unet3d", "adapter is for a UNetSpatioTemporalConditionModel"),
        ("latte", "svd", "has no component transformer"),
        ("pia", "animatediff-sdxl", r"(no such block|width)"),
    ],
)
def test_another_base_is_refused(one: str, other: str, words: str) -> None:
    with pytest.raises(Problem, match=words):
        fresh(BASES[one]()).attach(BASES[other]().pipe)


def test_a_base_of_another_depth_is_refused() -> None:
    base = BASES["mochi"]()
    blocks = base.address.blocks
    deeper = (*blocks, dataclasses.replace(blocks[-1], path="transformer_blocks.9"))
    adapter = trained(base)
    adapter.address = dataclasses.replace(adapter.address, blocks=deeper)
    with pytest.raises(Problem, match=r"no such block at transformer_blocks\.9"):
        adapter.attach(base.pipe)


@pytest.mark.parametrize("name", ["svd", "wan2.1-t2v", "cogvideox-1.5-i2v", "allegro"])
def test_another_number_of_frames_is_refused(name: str) -> None:
    base = BASES[name]()
    adapter, frames = fresh(base), base.frames
    with (
        adapter.attached(base.pipe),
        adapter.condition(condition(videos=1, frames=frames + 1)),
        pytest.raises(
            Problem, match=rf"{frames + 1} frames.*{frames} frames, which is what the base is making"
        ),
    ):
        base.generate()


def test_another_number_of_slots_is_refused() -> None:
    adapter = fresh(BASES["ltx"]())
    with (
        pytest.raises(Problem, match=r"5 slots.*8 slots, however many tracks"),
        adapter.condition(Condition.null(batch=1, frames=17, slots=5)),
    ):
        pass


def test_a_compiled_pipeline_is_refused_though_only_its_denoiser_is() -> None:
    base = BASES["hunyuanvideo"]()
    pipe: Any = base.pipe
    adapter = fresh(base)
    pipe.transformer = torch.compile(pipe.transformer, backend="eager")
    with pytest.raises(Problem, match="already compiled"):
        adapter.attach(pipe)


def test_a_row_of_tokens_without_its_sizes_is_refused() -> None:
    base = BASES["ltx"]()
    adapter = fresh(base)
    with adapter.attached(base.pipe), adapter.condition(None), pytest.raises(Problem, match="num_frames"):
        base.denoiser(
            hidden_states=torch.zeros(1, 8, 8),
            encoder_hidden_states=torch.zeros(1, 5, 32),
            timestep=torch.zeros(1),
            encoder_attention_mask=torch.ones(1, 5),
        )


@pytest.mark.parametrize(
    "name",
    ["HunyuanVideoFramepackTransformer3DModel", "HeliosTransformer3DModel", "LTX2VideoTransformer3DModel"],
)
def test_a_family_that_cannot_work_is_refused_with_the_reason(name: str) -> None:
    stranger = type(name, (torch.nn.Module,), {})()
    with pytest.raises(Problem, match=r"boxes cannot control: .*`boximator bases` lists"):
        address_for(stranger)
