from __future__ import annotations

import dataclasses
import json
from types import SimpleNamespace

import pytest
import torch
from diffusers import WanTransformer3DModel
from torch import nn

from boximator.control.address import Address, Grid, Port
from boximator.scene.problem import Problem


def test_it_survives_json(address: Address) -> None:
    assert Address.from_json(json.loads(json.dumps(address.to_json()))) == address


def test_what_few_bases_need_survives_json_and_may_be_left_out(address: Address) -> None:
    grid = Grid(argument="x", frames=1, rows=1, columns=1, named=("frames", "high", "wide"))
    special = dataclasses.replace(address, grid=grid, also=(Port(module="norm3"),), repeats=True)
    data = json.loads(json.dumps(special.to_json()))
    assert Address.from_json(data) == special
    for name in ("also", "repeats"):  # addresses saved before there was such a thing
        del data[name]
    del data["grid"]["named"]
    assert Address.from_json(data) == dataclasses.replace(
        special, grid=dataclasses.replace(grid, named=None), also=(), repeats=False
    )


@pytest.mark.parametrize(("step", "kept"), [(1, [0, 1, 2, 3, 4]), (2, [0, 2, 4]), (3, [1, 4]), (9, [4])])
def test_every_kth_block_ends_with_the_last(address: Address, step: int, kept: list[int]) -> None:
    block = address.blocks[0]
    five = tuple(dataclasses.replace(block, path=str(index)) for index in range(5))
    sparse = dataclasses.replace(address, blocks=five).every(step)
    assert [int(block.path) for block in sparse.blocks] == kept


def test_the_grid_counts_tokens() -> None:
    wan = Grid(argument="hidden_states", frames=2, rows=3, columns=4, patch=(1, 2, 2))
    assert wan.sizes(torch.empty(1, 16, 21, 60, 104), {}) == (21, 30, 52)
    svd = Grid(argument="sample", frames=1, rows=3, columns=4)
    assert svd.sizes(torch.empty(2, 14, 8, 72, 128), {}) == (14, 72, 128)


def test_a_grid_may_be_told_in_arguments() -> None:
    ltx = Grid(argument="x", frames=1, rows=1, columns=1, patch=(1, 2, 2), named=("f", "h", "w"))
    assert ltx.sizes(torch.empty(1, 48, 8), {"f": 3, "h": 8, "w": 8}) == (3, 4, 4)
    with pytest.raises(Problem, match="without f, h, w"):
        ltx.sizes(torch.empty(1, 48, 8), {"f": 3, "h": None})


def test_it_finds_the_denoisers_of_a_pipeline(address: Address, denoiser: WanTransformer3DModel) -> None:
    two = dataclasses.replace(address, denoisers=("transformer", "transformer_2"))
    assert two.denoisers_of(denoiser) == (denoiser,)
    assert two.denoisers_of(SimpleNamespace(transformer=denoiser, transformer_2=None)) == (denoiser,)
    both = two.denoisers_of(SimpleNamespace(transformer=denoiser, transformer_2=denoiser))
    assert both == (denoiser, denoiser)


def test_a_base_without_the_component_is_refused(address: Address) -> None:
    with pytest.raises(Problem, match="no component transformer"):
        address.denoisers_of(SimpleNamespace(unet=nn.Identity()))


def test_another_class_is_refused_with_both_names(address: Address) -> None:
    other = dataclasses.replace(address, model_class="UNetMotionModel", family="animatediff")
    with pytest.raises(Problem, match=r"is a Linear.*for a UNetMotionModel \(animatediff\)"):
        other.check(nn.Linear(1, 1))


def test_another_width_or_depth_is_refused(address: Address, denoiser: WanTransformer3DModel) -> None:
    address.check(denoiser)
    wide = dataclasses.replace(address, blocks=(dataclasses.replace(address.blocks[1], width=48),))
    with pytest.raises(Problem, match=r"width 24 at blocks\.1.*width 48"):
        wide.check(denoiser)
    deep = dataclasses.replace(address, blocks=(dataclasses.replace(address.blocks[1], path="blocks.7"),))
    with pytest.raises(Problem, match=r"no such block at blocks\.7"):
        deep.check(denoiser)
