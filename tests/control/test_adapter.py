from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from torch import Tensor

from boximator.control.adapter import BoxAdapter
from boximator.control.address import Address
from boximator.control.condition import Condition
from boximator.scene.box import Box
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track


def made(denoiser: WanTransformer3DModel, address: Address, seed: int = 0) -> BoxAdapter:
    generator = torch.Generator().manual_seed(seed)
    return BoxAdapter.from_base(denoiser, address=address, token_dim=16, generator=generator)


def trained(denoiser: WanTransformer3DModel, address: Address) -> BoxAdapter:
    adapter, generator = made(denoiser, address), torch.Generator().manual_seed(1)
    for layer in adapter.gated_layers:
        torch.nn.init.normal_(layer.output.weight, std=0.5, generator=generator)
    return adapter


def call(denoiser: WanTransformer3DModel, batch: int) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return denoiser(
        hidden_states=torch.randn(1, 3, 2, 8, 8, generator=generator).expand(batch, -1, -1, -1, -1),
        timestep=torch.full((batch,), 500.0),
        encoder_hidden_states=torch.zeros(batch, 4, 8),
        return_dict=False,
    )[0]


def test_building_touches_no_base(denoiser: WanTransformer3DModel, address: Address) -> None:
    before = repr(denoiser)
    made(denoiser, address)
    assert repr(denoiser) == before
    assert not any(vars(module)["_forward_pre_hooks"] for module in denoiser.modules())


def test_the_generator_decides_every_weight(denoiser: WanTransformer3DModel, address: Address) -> None:
    one, same, other = (made(denoiser, address, seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], same[name]) for name in one)
    drawn = {name for name in one if not torch.equal(one[name], other[name])}
    assert {"tokens.null", "phases", "layers.0.query.weight", "tokens.mlp.6.weight"} <= drawn
    assert "layers.0.output.weight" not in drawn


def test_fewer_layers_by_every(denoiser: WanTransformer3DModel, address: Address) -> None:
    adapter = BoxAdapter.from_base(denoiser, address=address, every=2, token_dim=16)
    assert list(adapter.gate_norms()) == ["blocks.1"]


def test_a_scene_its_plan_and_its_condition_say_the_same(
    denoiser: WanTransformer3DModel, address: Address
) -> None:
    keyframes = (
        Keyframe(frame=0, box=Box(0.1, 0.2, 0.3, 0.4)),
        Keyframe(frame=4, box=Box(0.6, 0.2, 0.8, 0.4)),
    )
    scene = Scene(frames=5, tracks=(Track(id=1, label="ball", keyframes=keyframes),))
    adapter, outputs = trained(denoiser, address), list[Tensor]()
    with adapter.attached(denoiser), torch.no_grad():
        for boxes in (scene, plan(scene), Condition.from_plan(plan(scene))):
            with adapter.boxes(boxes):
                outputs.append(call(denoiser, 1))
    assert torch.equal(outputs[0], outputs[1])
    assert torch.equal(outputs[0], outputs[2])


def test_boxes_that_are_no_scene_are_refused_with_words(
    denoiser: WanTransformer3DModel, address: Address
) -> None:
    adapter = BoxAdapter.from_base(denoiser, address=address, token_dim=16)
    given: Any = "scene.json"
    with pytest.raises(Problem, match=r"as str\..*read_scene"), adapter.boxes(given):
        pass


def test_conditions_nest_and_end(denoiser: WanTransformer3DModel, address: Address, boxes: Condition) -> None:
    adapter = trained(denoiser, address)
    with adapter.condition(boxes) as outer:
        with adapter.condition(None) as inner:
            assert adapter.active is inner
        assert adapter.active is outer
    with pytest.raises(Problem, match=r"adapter\.condition\(None\)"):
        _ = adapter.active


def test_an_error_inside_leaves_nothing_behind(
    denoiser: WanTransformer3DModel, address: Address, boxes: Condition
) -> None:
    adapter = trained(denoiser, address)
    with pytest.raises(KeyboardInterrupt), adapter.attached(denoiser), adapter.condition(boxes):
        raise KeyboardInterrupt
    assert not any(vars(module)["_forward_pre_hooks"] for module in denoiser.modules())
    with pytest.raises(Problem):
        _ = adapter.active


def test_detaching_twice_does_nothing(denoiser: WanTransformer3DModel, address: Address) -> None:
    adapter = made(denoiser, address)
    handle = adapter.attach(denoiser)
    handle.remove()
    handle.remove()
    adapter.detach()
    adapter.attach(denoiser)


def test_gates_and_deltas_are_watched(
    denoiser: WanTransformer3DModel, address: Address, boxes: Condition
) -> None:
    adapter = made(denoiser, address)
    assert adapter.gate_norms() == {"blocks.0": 0.0, "blocks.1": 0.0}
    assert adapter.last_delta() == {}
    torch.nn.init.constant_(adapter.gated_layers[1].output.weight, 0.25)
    assert adapter.gate_norms() == {"blocks.0": 0.0, "blocks.1": 0.25}
    with adapter.attached(denoiser), adapter.condition(boxes):
        call(denoiser, 2)
        assert adapter.last_delta() == {}
        adapter.record = True
        call(denoiser, 2)
        deltas = adapter.last_delta()
    assert deltas["blocks.0"] == 0.0
    assert deltas["blocks.1"] > 0.0


def test_a_scalar_gate_counts_in_the_norm(denoiser: WanTransformer3DModel, address: Address) -> None:
    adapter = BoxAdapter.from_base(denoiser, address=address, gate="tanh", token_dim=16)
    assert set(adapter.gate_norms().values()) == {0.0}
    for layer in adapter.gated_layers:
        assert layer.gamma is not None
        torch.nn.init.constant_(layer.gamma, 1.0)
    assert min(adapter.gate_norms().values()) > 0.0


def test_forward_is_a_door_for_wrappers(
    denoiser: WanTransformer3DModel, address: Address, boxes: Condition
) -> None:
    adapter = trained(denoiser, address)
    with adapter.attached(denoiser):
        with adapter.condition(boxes):
            expected = call(denoiser, 2)
        output = adapter(boxes, lambda: call(denoiser, 2))
        assert torch.equal(output, expected)
        output.square().mean().backward()
    assert all(parameter.grad is not None for parameter in adapter.parameters())


def test_a_saved_adapter_keeps_its_options(
    denoiser: WanTransformer3DModel, address: Address, tmp_path: Path
) -> None:
    adapter = BoxAdapter.from_base(
        denoiser, address=address, token_dim=16, bottleneck=8, cross_only=True, gate="tanh", every=2
    )
    adapter.save_pretrained(tmp_path)
    loaded = BoxAdapter.from_pretrained(tmp_path)
    for option in ("token_dim", "bottleneck", "cross_only", "gate"):
        assert loaded.config[option] == adapter.config[option]
    assert loaded.address == address.every(2)
    assert loaded.state_dict().keys() == adapter.state_dict().keys()


def test_loaded_in_half_precision(denoiser: WanTransformer3DModel, address: Address, tmp_path: Path) -> None:
    made(denoiser, address).save_pretrained(tmp_path)
    loaded = BoxAdapter.from_pretrained(tmp_path, torch_dtype=torch.bfloat16)
    assert {parameter.dtype for parameter in loaded.parameters()} == {torch.bfloat16}


def test_it_learns_where_the_boxes_are(denoiser: WanTransformer3DModel, address: Address) -> None:
    """A frozen base and two videos that differ only in their boxes, with opposite pictures to paint: whoever
    does not see the boxes cannot get below an error of 1."""
    adapter = made(denoiser, address)
    full = torch.ones(2, 5, 8, dtype=torch.bool)
    left_right = torch.tensor([[0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 1.0, 1.0]])
    boxes = Condition(
        boxes=left_right[:, None, None].expand(2, 5, 8, 4),
        colours=torch.ones(2, 8, 3),
        hard=full,
        present=full,
    )
    target = torch.full((2, 3, 2, 8, 8), -1.0)
    target[0, ..., :4] = 1.0
    target[1, ..., 4:] = 1.0
    optimiser = torch.optim.Adam(adapter.parameters(), lr=3e-3)
    loss = torch.tensor(torch.inf)
    with adapter.attached(denoiser):
        for _ in range(60):
            with adapter.condition(boxes):
                loss = F.mse_loss(call(denoiser, 2), target)
                loss.backward()
            optimiser.step()
            optimiser.zero_grad()
    assert loss < 0.6
