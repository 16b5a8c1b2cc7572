from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from boximator.bases.counted import counted
from boximator.bases.defaults import TRANSFORMER_LIMIT, UNET_LIMIT, narrowed
from boximator.bases.published import published
from boximator.bases.size_costs import DEFAULT, HALF, size_costs, sizes_for

DOCS = Path(__file__).parents[2] / "docs"
UNETS = ("svd", "unet3d", "i2vgenxl", "animatediff")


def kept() -> dict[str, dict[str, dict[str, Any]]]:
    """The counted costs, by model and size."""
    rows = json.loads((DOCS / "data/size-costs.json").read_text(encoding="utf-8"))
    return {row["model"]: {size["size"]: size for size in row["sizes"]} for row in rows}


def test_every_model_was_counted_at_every_size() -> None:
    assert list(kept()) == [model.model for model in published()]
    assert all(list(sizes) == [*sizes_for(320), DEFAULT] for sizes in kept().values())


@pytest.mark.parametrize("row", counted(), ids=lambda row: row.model)
def test_the_defaults_are_those_that_the_page_gives_reasons_for(row: Any) -> None:
    """The whole layer where it fits; else pooled keys or a narrower attention, never fewer blocks."""
    sizes = kept()[row.model]
    assert sizes[DEFAULT]["flops_ratio"] == round(row.flops_ratio, 4)
    assert row.layers == row.blocks
    limit = UNET_LIMIT if row.family in UNETS else TRANSFORMER_LIMIT
    if row.family != "pocket" and sizes["every block"]["flops_ratio"] <= limit:
        assert sizes[DEFAULT]["flops_ratio"] == sizes["every block"]["flops_ratio"]


@pytest.mark.parametrize("model", ["pocket", "Allegro"])
def test_counted_again_it_is_the_same(model: str) -> None:
    costs = size_costs(next(row for row in published() if row.model == model))
    assert {cost.size: cost.flops_ratio for cost in costs} == {
        name: size["flops_ratio"] for name, size in kept()[model].items()
    }
    (half,) = (cost.words for cost in costs if cost.size == HALF)
    assert half.endswith("wide inside")


def test_the_page_shows_what_was_counted_and_measured() -> None:
    page = (DOCS / "adapter-sizes.md").read_text(encoding="utf-8")
    for model, sizes in kept().items():
        cells = " | ".join(f"+{100 * (size['flops_ratio'] - 1):.1f} %" for size in sizes.values())
        assert f"| {model} | {cells} |" in page
    methods = json.loads((DOCS / "data/adapter-sizes.json").read_text(encoding="utf-8"))["methods"]
    for numbers in methods.values():
        low, high = numbers["ci"]["soft_inside"]
        assert f"{numbers['soft_inside']:.3f} ({low:.3f}..{high:.3f})" in page


@pytest.mark.parametrize(
    ("width", "heads", "times", "inner"),
    [(3072, 24, 3, 960), (5120, 40, 2, 2560), (32, 2, 2, 16), (24, 2, 3, 8)],
)
def test_a_narrower_attention_is_shared_evenly_by_the_heads(
    width: int, heads: int, times: int, inner: int
) -> None:
    assert narrowed(width, heads=heads, times=times) == inner
