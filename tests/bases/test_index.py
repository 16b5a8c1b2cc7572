from __future__ import annotations

import pytest
from tiny_bases import BASES
from torch import nn

from boximator.bases.index import FAMILIES, address_for
from boximator.scene.problem import Problem


@pytest.mark.parametrize("name", BASES)
def test_pipeline_and_denoiser_have_one_address(name: str) -> None:
    base = BASES[name]()
    if name != "pocket":  # a bare Wan transformer is taken for Wan's
        assert address_for(base.pipe) == address_for(base.denoiser) == base.address
    assert base.address.family == name


def test_every_family_is_under_contract() -> None:
    assert set(FAMILIES) == set(BASES)


@pytest.mark.parametrize("stranger", [nn.Linear(1, 1), object(), None])
def test_a_stranger_is_told_who_is_known(stranger: object) -> None:
    with pytest.raises(Problem, match="pocket, svd, unet3d, animatediff, wan"):
        address_for(stranger)
