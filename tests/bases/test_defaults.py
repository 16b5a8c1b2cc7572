"""The default adapter of every base, through its whole pipeline."""

from __future__ import annotations

import pytest
import torch
from tiny_base import condition
from tiny_bases import BASES

from boximator.bases.defaults import BY_FAMILY, NARROWER, new_adapter

DIFFUSERS = [name for name in BASES if name != "pocket"]


@pytest.mark.parametrize("name", DIFFUSERS)
def test_the_default_adapter_is_silent_when_fresh_and_heard_when_not(name: str) -> None:
    base = BASES[name]()
    adapter = new_adapter(base.pipe, generator=torch.Generator().manual_seed(0))
    plain = base.generate()
    with adapter.attached(base.pipe), adapter.condition(condition(videos=1, frames=base.frames)):
        assert torch.equal(base.generate(), plain)
        for key, weight in adapter.named_parameters():
            if key.endswith("output.weight"):
                torch.nn.init.normal_(weight, std=0.5, generator=torch.Generator().manual_seed(1))
        assert not torch.equal(base.generate(), plain)
    assert torch.equal(base.generate(), plain)
    assert adapter.address.blocks == base.address.blocks, "a layer at every block"


def test_a_family_saves_in_one_way_only() -> None:
    assert not set(NARROWER) & set(BY_FAMILY)
