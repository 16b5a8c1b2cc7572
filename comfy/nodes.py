"""ComfyUI nodes (V3 schema): a scene in, its plan and its tracks out, and boxes on a diffusers pipeline.

Each node is a few lines: it takes values apart and puts them together; what they mean is in `boximator`. Source of
the protocol: ComfyUI's documentation, "V3 migration", and its `comfy_api`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from comfy_api.latest import ComfyExtension, io

from boximator.formats.comfy import comfy_tracks, scene_from_boxes
from boximator.provenance.about import About
from boximator.provenance.marks import Marks, marked, without
from boximator.scene.draw import preview_frames
from boximator.scene.plan import plan
from boximator.scene.wire import scene_from_text, scene_to_text

CATEGORY = "boximator"
SceneType = io.Custom("BOXIMATOR_SCENE")
PipelineType = io.Custom("DIFFUSERS_PIPELINE")


def chosen_marks(names: str) -> Marks:
    """The layers of pictures less those that are named."""
    return without(names, marks=Marks(metadata=False, signature=False))


class SceneFromJson(io.ComfyNode):
    """The text of a scene file (from the studio: Download, Scene) as a scene."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="BoximatorSceneFromJson",
            display_name="Box scene from JSON",
            category=CATEGORY,
            inputs=[io.String.Input("scene_json", multiline=True)],
            outputs=[
                SceneType.Output(display_name="scene"),
                io.String.Output(display_name="prompt"),
                io.Int.Output(display_name="frames"),
            ],
        )

    @classmethod
    def execute(cls, scene_json: str) -> io.NodeOutput:
        scene = scene_from_text(scene_json)
        return io.NodeOutput(scene, scene.prompt, scene.frames)


class SceneFromBoxes(io.ComfyNode):
    """ComfyUI's own bounding boxes, first and last, as a scene."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="BoximatorSceneFromBoxes",
            display_name="Box scene from bounding boxes",
            category=CATEGORY,
            inputs=[
                io.String.Input(
                    "first_boxes", multiline=True, tooltip='[{"x", "y", "width", "height"}] in pixels'
                ),
                io.String.Input("last_boxes", multiline=True, default="[]"),
                io.Int.Input("width", default=832, min=16, max=8192),
                io.Int.Input("height", default=480, min=16, max=8192),
                io.Int.Input("frames", default=81, min=2, max=10_000),
                io.String.Input("prompt", default="", multiline=True),
            ],
            outputs=[SceneType.Output(display_name="scene"), io.String.Output(display_name="scene_json")],
        )

    @classmethod
    def execute(
        cls, first_boxes: str, last_boxes: str, width: int, height: int, frames: int, prompt: str = ""
    ) -> io.NodeOutput:
        starts, ends = json.loads(first_boxes), json.loads(last_boxes)
        scene = scene_from_boxes(starts, ends, size=(width, height), frames=frames, prompt=prompt)
        return io.NodeOutput(scene, scene_to_text(scene))


class SceneToTracks(io.ComfyNode):
    """A scene as ComfyUI's TRACKS: five points a box, for Wan-Move and other graphs that take points."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="BoximatorSceneToTracks",
            display_name="Box scene to tracks",
            category=CATEGORY,
            inputs=[
                SceneType.Input("scene"),
                io.Int.Input("width", default=832, min=16, max=8192),
                io.Int.Input("height", default=480, min=16, max=8192),
            ],
            outputs=[io.Tracks.Output(), io.Int.Output(display_name="track_length")],
        )

    @classmethod
    def execute(cls, scene: Any, width: int, height: int) -> io.NodeOutput:
        tracks = {
            name: torch.from_numpy(value) for name, value in comfy_tracks(scene, (width, height)).items()
        }
        return io.NodeOutput(tracks, scene.frames)


class ScenePlan(io.ComfyNode):
    """What the model will be told, drawn over the picture: hard boxes solid, soft ones dashed."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="BoximatorScenePlan",
            display_name="Box plan preview",
            category=CATEGORY,
            inputs=[SceneType.Input("scene"), io.Image.Input("image")],
            outputs=[io.Image.Output(display_name="plan")],
        )

    @classmethod
    def execute(cls, scene: Any, image: torch.Tensor) -> io.NodeOutput:
        ground = np.clip(np.rint(255.0 * image[:1, ..., :3].cpu().numpy()), 0, 255).astype(np.uint8)
        drawn = preview_frames(ground, scene, plan(scene))
        return io.NodeOutput(torch.from_numpy(drawn).float() / 255.0)


class ApplyBoxes(io.ComfyNode):
    """Runs a diffusers pipeline with a trained box adapter and a scene.

    The host's gate is asked first (docs/provenance.md). The frames bear label and watermark; metadata and signature are
    of files, and whoever writes one adds them: the second output says what for.
    """

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="BoximatorApplyBoxes",
            display_name="Generate with boxes (diffusers)",
            category=CATEGORY,
            inputs=[
                PipelineType.Input("pipeline"),
                SceneType.Input("scene"),
                io.Image.Input("image"),
                io.String.Input("adapter", tooltip="Folder or repository of a trained adapter"),
                io.Int.Input("steps", default=30, min=1, max=1000),
                io.String.Input("without", default="", tooltip="Marks to leave out: label,watermark"),
            ],
            outputs=[io.Image.Output(display_name="frames"), io.String.Output(display_name="record_json")],
        )

    @classmethod
    def execute(
        cls, pipeline: Any, scene: Any, image: torch.Tensor, adapter: str, steps: int, without: str = ""
    ) -> io.NodeOutput:
        from PIL import Image

        from boximator.control.adapter import BoxAdapter
        from boximator.provenance.gate import Asked, let_through

        marks = chosen_marks(without)
        pixels = np.clip(np.rint(255.0 * image[0, ..., :3].cpu().numpy()), 0, 255).astype(np.uint8)
        let_through(Asked(scene.prompt, (pixels,)))
        boxes = BoxAdapter.from_pretrained(adapter)
        with boxes.attached(pipeline), boxes.boxes(scene):
            result = pipeline(
                image=Image.fromarray(pixels),
                prompt=scene.prompt,
                num_frames=scene.frames,
                num_inference_steps=steps,
                generator=torch.Generator().manual_seed(scene.seed),
                output_type="np",
            )
        about = About(base=type(pipeline).__name__, seed=scene.seed, steps=steps, marks=marks.record())
        frames = np.clip(np.rint(255.0 * np.asarray(result.frames[0])), 0, 255).astype(np.uint8)
        shown = marked(frames, about=about, marks=marks, fps=scene.fps)
        return io.NodeOutput(
            torch.from_numpy(shown).float() / 255.0, json.dumps(about.told(), sort_keys=True)
        )


class Boxes(ComfyExtension):
    """The pack."""

    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        return [SceneFromJson, SceneFromBoxes, SceneToTracks, ScenePlan, ApplyBoxes]


async def comfy_entrypoint() -> Boxes:
    return Boxes()
