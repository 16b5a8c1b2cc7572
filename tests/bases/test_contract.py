"""The promises an adapter makes, over every base, through its whole pipeline with guidance on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
import torch
from diffusers import ModelMixin
from tiny_base import STEPS, TinyBase, condition, fresh, trained
from tiny_bases import BASES
from torch import Tensor, nn

from boximator.control.adapter import BoxAdapter
from boximator.control.condition import Condition
from boximator.scene.problem import Problem

CHECKPOINTING = [name for name in BASES if name not in ("unet3d", "i2vgenxl")]  # their classes have none


@pytest.fixture(params=BASES)
def base(request: pytest.FixtureRequest) -> TinyBase:
    return BASES[request.param]()


@contextmanager
def controlled(adapter: BoxAdapter, base: TinyBase, boxes: Condition | None) -> Generator[None]:
    with adapter.attached(base.pipe), adapter.condition(boxes):
        yield


def hooks_on(module: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(vars(part)[kind]) for part in module.modules() for kind in kinds)


def test_fresh_it_is_the_base_bit_for_bit(base: TinyBase) -> None:
    plain = base.generate()
    with controlled(fresh(base), base, condition(videos=1, frames=base.frames)):
        assert torch.equal(base.generate(), plain)


def test_trained_it_changes_the_output_and_boxes_differ(base: TinyBase) -> None:
    plain, adapter = base.generate(), trained(base)
    with controlled(adapter, base, condition(videos=1, frames=base.frames)):
        boxed = base.generate()
    with controlled(adapter, base, condition(videos=1, frames=base.frames, seed=1)):
        other = base.generate()
    assert not torch.equal(boxed, plain)
    assert not torch.equal(boxed, other)


def test_detached_the_base_is_as_before(base: TinyBase) -> None:
    plain, shown, keys = base.generate(), repr(base.denoiser), list(base.denoiser.state_dict())
    attributes = set(vars(base.denoiser))
    with controlled(trained(base), base, condition(videos=1, frames=base.frames)):
        assert hooks_on(base.denoiser) > 0
        base.generate()
    assert hooks_on(base.denoiser) == 0
    assert torch.equal(base.generate(), plain)
    assert repr(base.denoiser) == shown
    assert list(base.denoiser.state_dict()) == keys
    assert set(vars(base.denoiser)) - attributes <= {
        "_diffusers_hook"
    }  # diffusers' own, made by its pipelines


def test_attached_twice_it_refuses(base: TinyBase) -> None:
    adapter, other = fresh(base), fresh(base)
    with adapter.attached(base.pipe):
        before = hooks_on(base.denoiser)
        with pytest.raises(Problem, match=r"This BoxAdapter is already attached.*adapter\.detach\(\)"):
            adapter.attach(base.pipe)
        with pytest.raises(Problem, match="already has a box adapter attached"):
            other.attach(base.pipe)
        assert hooks_on(base.denoiser) == before
    with other.attached(base.pipe):
        assert hooks_on(base.denoiser) == before


def test_neither_holds_the_others_weights_and_only_ours_get_gradients(base: TinyBase) -> None:
    adapter = trained(base)
    base.denoiser.requires_grad_(False)
    theirs = {id(parameter) for parameter in base.denoiser.parameters()}
    keys = set(base.denoiser.state_dict())
    with controlled(adapter, base, condition(videos=2, frames=base.frames)):
        assert set(base.denoiser.state_dict()) == keys
        assert theirs.isdisjoint(id(parameter) for parameter in adapter.parameters())
        base.forward(2).square().mean().backward()
    assert all(parameter.grad is None for parameter in base.denoiser.parameters())
    without = [name for name, parameter in adapter.named_parameters() if parameter.grad is None]
    assert without == []


def test_without_a_condition_it_says_the_line_to_write(base: TinyBase) -> None:
    adapter = fresh(base)
    with adapter.attached(base.pipe):
        with pytest.raises(Problem, match=r"with adapter\.boxes\(scene\):"):
            base.generate()
        with adapter.condition(None):
            base.generate()


def test_two_videos_of_a_batch_do_not_see_each_others_boxes(base: TinyBase) -> None:
    one, two, three = (condition(videos=1, frames=base.frames, seed=seed) for seed in range(3))
    adapter = trained(base)
    with controlled(adapter, base, Condition.stack([one, two])):
        first = base.generate(videos=2)
    with controlled(adapter, base, Condition.stack([one, three])):
        second = base.generate(videos=2)
    with controlled(adapter, base, one):
        alone = base.generate()
    assert torch.equal(first[0], second[0])
    assert not torch.equal(first[1], second[1])
    torch.testing.assert_close(first[0], alone[0], atol=1e-4, rtol=1e-3)


def test_guidance_contrasts_boxes_with_null_tokens(base: TinyBase) -> None:
    adapter = trained(base)
    boxed = _first_step(base, adapter, condition(videos=1, frames=base.frames))
    null = _first_step(base, adapter, None)
    seen = [torch.equal(ours, theirs) for ours, theirs in zip(boxed, null, strict=True)]
    assert sorted(seen) == [False, True]  # the conditional half sees boxes, the other what "no boxes" sees


def _first_step(base: TinyBase, adapter: BoxAdapter, boxes: Condition | None) -> list[Tensor]:
    """What the denoiser says of the first step, one tensor per branch of guidance."""
    outputs: list[Tensor] = []

    def keep(module: nn.Module, args: object, output: tuple[Tensor, ...]) -> None:
        outputs.extend(output[0])

    with controlled(adapter, base, boxes), torch.no_grad():
        handle = base.denoiser.register_forward_hook(keep)
        base.generate()
        handle.remove()
    return outputs[:2]


def test_what_does_not_change_over_the_steps_is_computed_once(base: TinyBase) -> None:
    adapter = trained(base)
    calls: list[str] = []

    def count(module: nn.Module, args: tuple[object, ...]) -> None:
        calls.append(type(module).__name__)

    adapter.tokens.register_forward_pre_hook(count)
    for layer in adapter.gated_layers:
        layer.project.register_forward_pre_hook(count)
    with controlled(adapter, base, condition(videos=1, frames=base.frames)):
        base.generate()
    assert STEPS > 1
    assert calls.count("BoxTokens") == 1
    assert calls.count("Linear") == base.prepared * len(adapter.gated_layers)


def test_scale_zero_is_the_base(base: TinyBase) -> None:
    plain, adapter = base.generate(), trained(base)
    with adapter.attached(base.pipe):
        with adapter.boxes(condition(videos=1, frames=base.frames), scale=0.0):
            assert torch.equal(base.generate(), plain)
        with adapter.boxes(condition(videos=1, frames=base.frames), scale=0.5):
            assert not torch.equal(base.generate(), plain)


@pytest.mark.parametrize("name", CHECKPOINTING)
def test_gradient_checkpointing_gives_the_same_gradients(name: str) -> None:
    base = BASES[name]()
    adapter = trained(base)
    base.denoiser.requires_grad_(False).train()
    boxes = condition(videos=2, frames=base.frames)

    def gradients() -> list[Tensor]:
        adapter.zero_grad()
        with controlled(adapter, base, boxes):
            base.forward(2).square().mean().backward()
        return [parameter.grad for parameter in adapter.parameters() if parameter.grad is not None]

    plain = gradients()
    cast(ModelMixin, base.denoiser).enable_gradient_checkpointing()
    checkpointed = gradients()
    assert len(plain) == len(list(adapter.parameters()))
    for left, right in zip(plain, checkpointed, strict=True):
        torch.testing.assert_close(left, right)


def test_saved_and_loaded_it_attaches_by_itself(base: TinyBase, tmp_path: Path) -> None:
    adapter, boxes = trained(base), condition(videos=1, frames=base.frames)
    with controlled(adapter, base, boxes):
        expected = base.generate()
    adapter.save_pretrained(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "README.md",  # the model card
        "config.json",
        "diffusion_pytorch_model.safetensors",
    }
    loaded = BoxAdapter.from_pretrained(tmp_path)
    assert loaded.address == base.address
    for name, tensor in adapter.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)
    with controlled(loaded, base, boxes):  # not bit for bit: mapped files are aligned otherwise than memory
        torch.testing.assert_close(base.generate(), expected, atol=1e-5, rtol=1e-5)


def test_it_runs_in_bfloat16(base: TinyBase) -> None:
    adapter = trained(base)
    nn.Module.to(adapter, torch.bfloat16)
    base.denoiser.to(torch.bfloat16)
    plain = base.forward(1)
    with controlled(adapter, base, condition(videos=1, frames=base.frames)):
        boxed = base.forward(1)
    assert boxed.dtype == plain.dtype
    assert torch.isfinite(boxed).all()
    assert not torch.equal(boxed, plain)


def test_a_float32_adapter_serves_a_bfloat16_base(base: TinyBase) -> None:
    adapter = fresh(base)
    base.denoiser.to(torch.bfloat16)
    plain = base.forward(1)
    with controlled(adapter, base, condition(videos=1, frames=base.frames)):
        assert torch.equal(base.forward(1), plain)
    assert {parameter.dtype for parameter in adapter.parameters()} == {torch.float32}
