from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tiny_bases import BASES
from torch import nn

from boximator.bases.count import cost
from boximator.bases.counted import Counted, counted, recount
from boximator.bases.defaults import TRANSFORMER_LIMIT, UNET_LIMIT, new_adapter, options_for
from boximator.bases.index import BY_DENOISER, FAMILIES
from boximator.bases.published import META, published
from boximator.control.address import Address
from boximator.pocket.base import PARTS
from boximator.pocket.pipeline import WEIGHTS

KNOWN = {
    "SVD": 1524.6,
    "ModelScope, ZeroScope": 1411.2,
    "I2VGen-XL": 1420.5,
    "AnimateDiff SDXL": 2804.2,
    "Latte-1": 1057.2,
    "CogVideoX-2b": 1693.8,
    "CogVideoX1.5-5b-I2V": 5571.6,
    "LTX-Video 13B 0.9.7": 13042.6,
    "Wan2.1 T2V-1.3B": 1419.0,
    "Wan2.1 I2V-14B": 16394.9,
    "Wan2.2 TI2V-5B": 4999.8,
    "Wan2.2 I2V-A14B": 2 * 14288.9,
    "HunyuanVideo": 12821.0,
    "HunyuanVideo 1.5": 8326.6,
    "Mochi 1": 10027.7,
    "Allegro": 2771.9,
    "Cosmos-1.0 7B": 7236.2,
}
"""Millions of parameters, measured elsewhere."""


def test_the_published_models_are_of_every_family_and_class() -> None:
    models = published()
    assert {model.family for model in models} == set(FAMILIES)
    assert {model.denoiser for model in models} == {*BY_DENOISER, "PocketBase"}


def test_pocket_is_counted_as_it_ships() -> None:
    row = next(row for row in counted() if row.family == "pocket")

    def held(part: str) -> int:
        weights = load_file(WEIGHTS / part / "diffusion_pytorch_model.safetensors")
        return sum(weight.numel() for weight in weights.values())

    assert row.base_params == sum(held(part) for part in PARTS)
    assert row.adapter_params == held("adapter")


def test_the_table_is_of_the_published_models() -> None:
    keys = ("family", "model", "denoisers", "frames", "height", "width", "branches", "known")
    told = [[getattr(row, key) for key in keys] for row in counted()]
    assert told == [[getattr(model, key) for key in keys] for model in published()]


@pytest.mark.parametrize("row", counted(), ids=lambda row: row.model)
def test_no_default_adapter_costs_more_than_the_limit(row: Counted) -> None:
    unets = ("svd", "unet3d", "i2vgenxl", "animatediff")
    assert 1 < row.flops_ratio <= (UNET_LIMIT if row.family in unets else TRANSFORMER_LIMIT)
    assert 0 < row.layers <= row.blocks
    if row.model in KNOWN:
        assert row.base_params / 1e6 == pytest.approx(KNOWN[row.model], abs=0.06)


@pytest.mark.parametrize("model", ["pocket", "AnimateDiff v3 (SD 1.5)", "LTX-Video 2B"])
def test_counted_again_it_is_the_same(model: str) -> None:
    kept = next(row for row in counted() if row.model == model)
    assert recount(next(row for row in published() if row.model == model)) == kept


def test_what_is_counted_is_what_is_computed() -> None:
    layer, x = nn.Linear(8, 16, device=META), torch.empty(4, 8, device=META)
    assert cost(lambda: layer(x)).flops == 2 * 4 * 8 * 16
    q, k = torch.empty(1, 2, 10, 8, device=META), torch.empty(1, 2, 20, 8, device=META)
    attended = cost(lambda: F.scaled_dot_product_attention(q, k, k))
    assert attended.flops == 2 * 2 * 10 * 20 * (8 + 8)
    assert attended.values == 2 * 10 * 8  # and not the scores
    assert cost(lambda: (x + 1) + 1).values == 2 * 4 * 8


def test_a_new_adapter_has_the_default_layers() -> None:
    base = BASES["latte"]()
    adapter = new_adapter(base.pipe)
    width = base.address.blocks[0].width
    assert options_for(base.address).bottleneck == adapter.config["bottleneck"] == width // 2
    assert adapter.address.blocks == base.address.blocks
    assert isinstance(adapter.address, Address)
    assert new_adapter(BASES["svd"]().pipe).config["visual_keys"] == 2304


def test_the_hardware_document_has_the_table() -> None:
    text = (Path(__file__).parents[2] / "docs/hardware.md").read_text(encoding="utf-8")
    for row in counted():
        size = f"{row.frames} x {row.height} x {row.width}"
        assert f"| {row.model} | {size} | {row.vram_gib:.1f} GiB |" in text
