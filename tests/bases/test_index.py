from __future__ import annotations

import pytest
from tiny_bases import BASES
from torch import nn

from boximator.bases.index import BY_DENOISER, FAMILIES, address_for
from boximator.scene.problem import Problem


def test_pipeline_and_denoiser_have_one_address_and_every_family_is_under_contract() -> None:
    seen: set[str] = set()
    for name, make in BASES.items():
        base = make()
        if name != "pocket":  # a bare Wan transformer is taken for Wan's
            assert address_for(base.pipe) == address_for(base.denoiser) == base.address
        assert base.address.model_class in BY_DENOISER
        seen.add(base.address.family)
    assert seen == set(FAMILIES)


@pytest.mark.parametrize("stranger", [nn.Linear(1, 1), object(), None])
def test_a_stranger_is_told_who_is_known(stranger: object) -> None:
    with pytest.raises(Problem, match="pocket, svd, unet3d, i2vgenxl, animatediff, latte"):
        address_for(stranger)
