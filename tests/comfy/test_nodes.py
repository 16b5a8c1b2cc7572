"""The ComfyUI nodes on a stand-in of ComfyUI's protocol: every declared input is one `execute` takes, and so on."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import inspect
import json
import pathlib
import sys
from collections.abc import Generator, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from comfy_stand_in import modules

from boximator.control.adapter import BoxAdapter
from boximator.provenance.label import find_label
from boximator.provenance.watermark.detect import detect
from boximator.scene.problem import Problem
from boximator.scene.wire import scene_from_text

PACK = pathlib.Path(__file__).parents[2] / "comfy"
SCENE = (PACK.parent / "examples/two-objects.json").read_text(encoding="utf-8")


def loaded(name: str) -> ModuleType:
    """The pack, imported as ComfyUI imports a folder."""
    spec = importlib.util.spec_from_file_location(
        name, PACK / "__init__.py", submodule_search_locations=[str(PACK)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    for name, module in modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    pack = loaded("boximator_pack")
    extension = asyncio.run(pack.comfy_entrypoint())
    found = asyncio.run(extension.get_node_list())
    yield {node.define_schema().node_id: node for node in found}
    for name in ("boximator_pack", "boximator_pack.nodes"):
        sys.modules.pop(name, None)


def test_without_comfyui_the_pack_imports_and_offers_nothing() -> None:
    assert "comfy_api" not in sys.modules
    try:
        assert loaded("boximator_pack_alone").comfy_entrypoint is None
    finally:
        sys.modules.pop("boximator_pack_alone")


def test_inputs_are_what_execute_takes(nodes: dict[str, Any]) -> None:
    assert len(nodes) == 5
    for node in nodes.values():
        declared = [one.name for one in node.define_schema().inputs]
        assert declared == list(inspect.signature(node.execute).parameters)


def test_a_scene_becomes_tracks(nodes: dict[str, Any]) -> None:
    scene, prompt, frames = nodes["BoximatorSceneFromJson"].execute(SCENE).result
    assert (prompt, frames) == (scene.prompt, 16)
    tracks, length = nodes["BoximatorSceneToTracks"].execute(scene, 832, 480).result
    assert length == 16
    assert tracks["track_path"].shape == (16, 10, 2)
    assert tracks["track_path"].dtype == torch.float32
    assert tracks["track_visibility"].shape == (16, 10)
    middle = scene.tracks[0].keyframes[0].box.centre
    assert tracks["track_path"][0, 0].tolist() == pytest.approx([832 * middle[0], 480 * middle[1]], rel=1e-5)


def test_boxes_become_a_scene(nodes: dict[str, Any]) -> None:
    first = json.dumps(
        [{"x": 83.2, "y": 48, "width": 83.2, "height": 96}, {"x": 0, "y": 0, "width": 8, "height": 8}]
    )
    last = json.dumps([{"x": 416, "y": 48, "width": 83.2, "height": 96}])
    scene, text = nodes["BoximatorSceneFromBoxes"].execute(first, last, 832, 480, 81, "go").result
    assert scene_from_text(text) == scene
    assert scene.tracks[0].keyframes[1].box.as_tuple() == pytest.approx((0.5, 0.1, 0.6, 0.3))
    assert scene.tracks[1].is_anchor


def test_the_plan_is_drawn_over_the_picture(nodes: dict[str, Any]) -> None:
    scene = scene_from_text(SCENE)
    (frames,) = nodes["BoximatorScenePlan"].execute(scene, torch.full((1, 48, 64, 3), 0.5)).result
    assert frames.shape == (16, 48, 64, 3)
    assert 0.0 <= float(frames.min()) < 0.5 < float(frames.max()) <= 1.0


class Pipeline:
    """In place of one of diffusers: grey noise, and what was on while it ran."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def __call__(self, **given: Any) -> Any:
        self.told.append("runs")
        assert given["num_frames"] == 16
        noise = np.random.default_rng(0).normal(0.5, 0.06, (1, 64, 80, 1))
        return SimpleNamespace(frames=[np.kron(noise.repeat(16, 0), np.ones((1, 4, 4, 3)))])


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    told: list[str] = []
    pipe = Pipeline(told)

    @contextlib.contextmanager
    def on(name: str) -> Generator[None]:
        told.append(name)
        yield
        told.append(f"no {name}")

    class Adapter:
        """What the node uses of a real one."""

        def attached(self, given: object) -> Any:
            assert given is pipe
            return on("adapter")

        def boxes(self, scene: object) -> Any:
            assert scene == scene_from_text(SCENE)
            return on("boxes")

    def from_pretrained(name: str) -> Adapter:
        assert name == "folder"
        return Adapter()

    monkeypatch.setattr(BoxAdapter, "from_pretrained", from_pretrained)
    return pipe


def test_boxes_are_on_while_the_pipeline_runs_and_frames_are_marked(
    nodes: dict[str, Any], pipeline: Pipeline
) -> None:
    execute = nodes["BoximatorApplyBoxes"].execute
    given = pipeline, scene_from_text(SCENE), torch.zeros(1, 8, 8, 3), "folder", 2
    frames, record = execute(*given).result
    assert frames.shape == (16, 256, 320, 3)
    assert pipeline.told == ["adapter", "boxes", "runs", "no boxes", "no adapter"]
    pixels = np.rint(255 * frames.numpy()).astype(np.uint8)
    assert find_label(pixels).found
    assert detect(pixels).payload is not None
    assert json.loads(record)["marks"]["turned_off"] == ["metadata", "signature"]
    plain, record = execute(*given, without="label,watermark").result
    pixels = np.rint(255 * plain.numpy()).astype(np.uint8)
    assert not find_label(pixels).found
    assert not detect(pixels).found
    assert json.loads(record)["marks"]["on"] == []


def test_the_host_s_gate_is_asked_before_anything_runs(
    nodes: dict[str, Any], pipeline: Pipeline, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate.py"
    gate.write_text("def no(asked): return f'{len(asked.pictures)} picture is too many'", encoding="utf-8")
    monkeypatch.setenv("BOXIMATOR_GATE", f"{gate}:no")
    execute = nodes["BoximatorApplyBoxes"].execute
    with pytest.raises(Problem, match="1 picture is too many"):
        execute(pipeline, scene_from_text(SCENE), torch.zeros(1, 8, 8, 3), "folder", 2)
    assert pipeline.told == []
