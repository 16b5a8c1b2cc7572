"""The scripts in examples/, each with a tiny random folder in place of the hub id."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image
from tiny_folders import pipeline
from torch import nn

from boximator.bases.defaults import new_adapter
from boximator.scene.box import Box
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track
from boximator.scene.wire import write_scene

EXAMPLES = Path(__file__).parents[2] / "examples"
FRAMES = {"svd": 3, "animatediff": 3, "cogvideox_i2v": 9, "ltx": 9, "wan21_i2v": 9, "wan22_5b": 9}
ASKED = {"svd": 3, "animatediff": 3}
"""Of the others 8 are asked for, of which they can make 9."""
SIDE = {"ltx": 32, "svd": 32, "wan22_5b": 32}


def script(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scene_file(tmp_path: Path, *, frames: int) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    start, end = Box(0.1, 0.1, 0.5, 0.5), Box(0.5, 0.1, 0.9, 0.5)
    keys = (Keyframe(frame=0, box=start), Keyframe(frame=frames - 1, box=end))
    told = Scene(
        picture="photo.png",
        prompt="a sheep walks",
        frames=frames,
        tracks=(Track(id=1, label="sheep", keyframes=keys),),
    )
    write_scene(told, tmp_path / "scene.json")
    return tmp_path / "scene.json"


def folders(name: str, place: Path) -> list[object]:
    """Arguments that put tiny folders in place of hub ids."""
    pipe = pipeline(name)
    adapter = new_adapter(pipe, generator=torch.Generator().manual_seed(0))
    for layer in adapter.gated_layers:
        nn.init.normal_(layer.output.weight, std=0.5, generator=torch.Generator().manual_seed(1))
    adapter.save_pretrained(place / "adapter")
    pipe.save_pretrained(place / "base")
    return ["--base", place / "base", "--adapter", place / "adapter"]


def test_there_is_one_for_every_main_family() -> None:
    others = {
        "studio_client",
        "gate",
        "gate_people",
    }  # tests/studio/test_client.py, tests/provenance/test_gate.py
    assert {path.stem for path in EXAMPLES.glob("*.py")} - others == set(FRAMES)


@pytest.mark.parametrize("name", FRAMES)
def test_it_makes_a_video_that_the_boxes_change(name: str, tmp_path: Path) -> None:
    scene = scene_file(tmp_path, frames=ASKED.get(name, 8))
    told = folders(name, tmp_path)
    if name == "animatediff":
        told += ["--motion", tmp_path / "base/motion_adapter"]
    side = SIDE.get(name, 16)
    told += ["--steps", 2, "--size", side, side]
    script(name).main([*map(str, (scene, *told, "-o", tmp_path / "boxed.mp4"))])
    without = [argument for argument in told if argument not in ("--adapter", tmp_path / "adapter")]
    script(name).main([*map(str, (scene, *without, "-o", tmp_path / "plain.mp4"))])
    boxed, plain = frames(tmp_path / "boxed.mp4"), frames(tmp_path / "plain.mp4")
    assert boxed.shape == (FRAMES[name], side, side, 3)
    assert not np.array_equal(boxed, plain)


def frames(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
