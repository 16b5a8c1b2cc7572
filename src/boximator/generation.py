"""Scene -> frames: the main path on one screen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8
from pydantic import ConfigDict

from boximator.control.adapter import BoxAdapter
from boximator.control.condition import Condition
from boximator.pocket.glimpse import Glimpse
from boximator.pocket.layout import FRAMES
from boximator.pocket.pipeline import GUIDANCE, STEPS, WEIGHTS, PocketPipeline
from boximator.provenance.gate import Asked, let_through
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.problem import Problem
from boximator.scene.retime import retimed
from boximator.scene.scene import Scene

BASES = ("pocket",)


@dataclass(frozen=True)
class Settings:
    """How to sample: denoising steps, guidance, factor on the boxes, whether to carry the photo's pixels.

    ``hold`` keeps what is carried to its boxes where the motion falls short of them; without it the control module is
    alone. ``insert=False`` leaves out the soft boxes between the user's (an ablation; see `boximator.scene.plan`).

    Raises:
        Problem: no step, a negative guidance, or a number that is not finite.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    steps: int = STEPS
    guidance: float = GUIDANCE
    box_scale: float = 1.0
    transport: bool = True
    insert: bool = True
    hold: bool = True

    def __post_init__(self) -> None:
        if self.steps < 1 or not math.isfinite(self.guidance + self.box_scale) or self.guidance < 0:
            raise Problem(
                given=f"steps {self.steps}, guidance {self.guidance}, box_scale {self.box_scale}",
                wanted="At least one step, and finite numbers, of which guidance is not below 0",
                fix=f"Leave them out for steps {STEPS} and guidance {GUIDANCE}",
            )


@dataclass(frozen=True)
class Result:
    """The frames, the plan they were asked to obey (none without boxes), and the seconds it took."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    plan: ControlPlan | None
    seconds: float


def model_scene(scene: Scene, *, frames: int = FRAMES) -> Scene:
    """The scene in another number of frames (the base's own): see `boximator.scene.retime`."""
    return retimed(scene, frames=frames)


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
        glimpse: Glimpse | None = None,
    ) -> Result:
        """Animate ``picture`` as the scene asks; ``boxes=False`` leaves its tracks out (but same noise).

        After every denoising step ``glimpse`` is given a small picture of how far it is, and ``progress`` the
        steps done and all steps; what either raises ends the generation.
        """
        let_through(Asked(scene.prompt, tuple(seen for seen in (picture, last_picture) if seen is not None)))
        how = settings or Settings()
        began = time.perf_counter()
        whole = model_scene(scene)
        asked = plan(scene, insert=how.insert) if boxes and scene.tracks else None
        wanted = asked if asked is None or whole is scene else plan(whole, insert=how.insert)
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
                glimpse=glimpse,
                transport=how.transport,
                boxes=asked,
                hold=how.hold,
            )
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
    boxes = adapter or folder / "adapter"
    pipeline = PocketPipeline.from_pretrained(folder)
    if not (boxes / "config.json").is_file():
        raise Problem(
            given=f"There are no weights in {boxes}",
            wanted="A folder with a box adapter",
            fix="Give --weights FOLDER with a folder adapter in it, or train one: boximator train pocket-boxes",
        )
    return Engine(pipeline, adapter=BoxAdapter.from_pretrained(boxes))
