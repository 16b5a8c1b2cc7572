"""Every method on every family it names: it changes what is in the boxes, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from tiny_stages import MAKERS, case, fresh
from torch import nn

from boximator.guidance.index import METHODS
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

SEEN = 1e-4  # of the latents' size: a hundred times rounding


def pairs(*, named: bool) -> list[tuple[str, str]]:
    """Methods and bases of the families they name, or do not name."""
    return [
        (method, base)
        for method, how in METHODS.items()
        for base in MAKERS
        if (base.partition("-")[0] in how.families) == named
    ]


def hooks(denoisers: tuple[nn.Module, ...]) -> int:
    modules = [vars(module) for denoiser in denoisers for module in denoiser.modules()]
    return sum(len(module["_forward_hooks"]) + len(module["_forward_pre_hooks"]) for module in modules)


@pytest.mark.parametrize(("method", "base"), pairs(named=True))
def test_it_changes_what_is_in_the_boxes_and_then_is_gone(method: str, base: str) -> None:
    made, plain = case(base)
    guided = made.guided(METHODS[method])
    inside = made.stage.inside(made.ask.plan, slots=(0,))
    assert guided.isfinite().all()
    assert inside.any()
    assert (guided - plain)[inside].abs().mean() > SEEN * plain.abs().mean()
    assert hooks(made.stage.denoisers) == 0
    assert torch.equal(made.plain(), plain)


@pytest.mark.parametrize(("method", "base"), pairs(named=False))
def test_other_families_are_refused_by_name(method: str, base: str) -> None:
    made, _ = case(base)
    with pytest.raises(Problem, match=made.stage.family), METHODS[method].guiding(made.stage, ask=made.ask):
        pass


@pytest.mark.parametrize("method", METHODS)
def test_a_scene_without_boxes_is_refused(method: str) -> None:
    made, _ = case("pocket")
    empty = replace(made.ask, plan=plan(Scene(prompt="", frames=16)))
    with pytest.raises(Problem, match="no box"), METHODS[method].guiding(made.stage, ask=empty) as guided:
        made.run(**guided.arguments)


@pytest.mark.parametrize("method", METHODS)
def test_an_error_inside_leaves_nothing_behind(method: str) -> None:
    made, plain = case("pocket")
    with pytest.raises(RuntimeError, match="stop"), METHODS[method].guiding(made.stage, ask=fresh(made.ask)):
        raise RuntimeError("stop")
    assert hooks(made.stage.denoisers) == 0
    assert torch.equal(made.plain(), plain)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_is_the_same_video(method: str) -> None:
    made, _ = case("pocket")
    assert torch.equal(made.guided(METHODS[method]), made.guided(METHODS[method]))


def test_each_method_names_its_paper_and_families() -> None:
    for name, method in METHODS.items():
        assert name == method.name
        assert "arXiv" in method.paper
        assert "pocket" in method.families
