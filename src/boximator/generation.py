"""Scene -> frames: the main path on one screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8

from boximator.control.adapter import BoxAdapter
from boximator.control.condition import Condition
from boximator.pocket.layout import FRAMES
from boximator.pocket.pipeline import GUIDANCE, STEPS, WEIGHTS, PocketPipeline
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

BASES = ("pocket",)
LONGEST = 1024


@dataclass(frozen=True)
class Settings:
    """How to sample: denoising steps, guidance, factor on the boxes, whether to carry the photo's pixels."""

    steps: int = STEPS
    guidance: float = GUIDANCE
    box_scale: float = 1.0
    transport: bool = True


@dataclass(frozen=True)
class Result:
    """The frames, the plan they were asked to obey (none without boxes), and the seconds it took."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    plan: ControlPlan | None
    seconds: float


def model_scene(scene: Scene, *, frames: int = FRAMES) -> Scene:
    """The scene in the base's own number of frames: every keyframe goes to the nearest of them."""
    if scene.frames == frames:
        return scene
    if scene.frames < 2:
        raise Problem(
            given=f"The scene has {scene.frames} frame",
            wanted="A video needs at least 2 frames",
            fix='Set "frames" to 16, say',
        )
    stretch = (frames - 1) / (scene.frames - 1)
    tracks = []
    for track in scene.tracks:
        moved = {round(key.frame * stretch): key for key in track.keyframes}
        keys = tuple(replace(key, frame=frame) for frame, key in sorted(moved.items()))
        tracks.append(replace(track, keyframes=keys))
    return replace(scene, frames=frames, tracks=tuple(tracks))


class Engine:
    """A base with its adapter, loaded once and used for many scenes."""

    def __init__(self, pipe: PocketPipeline, *, adapter: BoxAdapter) -> None:
        self.pipe = pipe
        self.adapter = adapter.eval().requires_grad_(False)
        adapter.attach(pipe)

    def generate(
        self,
        scene: Scene,
        *,
        picture: UInt8[np.ndarray, "height width 3"],
        last_picture: UInt8[np.ndarray, "h w 3"] | None = None,
        boxes: bool = True,
        settings: Settings | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Result:
        """Animate ``picture`` as the scene asks; ``boxes=False`` leaves its tracks out (but same noise)."""
        how = settings or Settings()
        began = time.perf_counter()
        wanted = plan(model_scene(scene)) if boxes and scene.tracks else None
        condition = Condition.from_plan(wanted) if wanted is not None else None
        with torch.inference_mode(), self.adapter.condition(condition, scale=how.box_scale):
            output = self.pipe(
                picture,
                prompt=scene.prompt,
                last_image=last_picture,
                num_frames=scene.frames,
                num_inference_steps=how.steps,
                guidance_scale=how.guidance,
                generator=torch.Generator().manual_seed(scene.seed),
                progress=progress,
                transport=how.transport,
            )
        asked = plan(scene) if wanted is not None else None
        return Result(frames=output.frames, plan=asked, seconds=time.perf_counter() - began)


def load_engine(base: str = "pocket", *, weights: Path | None = None, adapter: Path | None = None) -> Engine:
    """Load a base and its box adapter; by default the ones that ship with the package."""
    if base not in BASES:
        raise Problem(
            given=f'The base is "{base}"',
            wanted=f"This command knows {', '.join(BASES)}",
            fix="Write --base pocket; for a diffusers pipeline see docs/bring-your-base.md (in Python)",
        )
    folder = weights or WEIGHTS
    if not (folder / "transformer").is_dir():
        raise Problem(
            given=f"There are no weights of pocket in {folder}",
            wanted="A folder with picture_encoder, transformer, refiner and adapter",
            fix="Give --weights FOLDER, or train them: boximator train pocket-base, then pocket-boxes",
        )
    pipe = PocketPipeline.from_pretrained(folder)
    return Engine(pipe, adapter=BoxAdapter.from_pretrained(adapter or folder / "adapter"))
