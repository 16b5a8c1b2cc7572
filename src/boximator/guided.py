"""Scene -> frames on the embedded base by a training-free method, or by the base alone: no adapter is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8

from boximator.bases.pocket_stage import pocket_stage, pocket_words
from boximator.generation import Engine, Result, Settings, load_engine, model_scene
from boximator.guidance.index import METHODS
from boximator.guidance.method import Ask, Method
from boximator.guidance.regions import objects
from boximator.pocket.pipeline import WEIGHTS, PocketPipeline
from boximator.provenance.gate import Asked, let_through
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

BOXES = "boxes"
"""The name of the trained adapter among the methods."""


class GuidedEngine:
    """`pocket` under one method. ``method`` None is the base alone, which knows of no boxes."""

    def __init__(self, pipe: PocketPipeline, *, method: Method | None) -> None:
        self.pipe = pipe
        self.method = method

    def under(self, method: Method) -> GuidedEngine:
        """The same base under another method."""
        return GuidedEngine(self.pipe, method=method)

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
        """Animate ``picture`` as the scene asks, from the noise that `Engine` takes for the same seed.

        ``progress`` is given the denoising steps done and all steps.

        What the renderer could make up for boxes (`Settings.hold`) is left out: it would hide what a method lacks.

        Raises:
            Problem: a scene without any box, where boxes are to be obeyed.
        """
        let_through(Asked(scene.prompt, tuple(seen for seen in (picture, last_picture) if seen is not None)))
        how = settings or Settings()
        began = time.perf_counter()
        whole = model_scene(scene)
        tight = plan(whole, margin=0.0)
        method = self.method if boxes else None
        generator = torch.Generator().manual_seed(scene.seed)
        stage = pocket_stage(self.pipe, picture=picture, steps=how.steps)
        noise = torch.randn(stage.shape, generator=generator)

        def call(**arguments: object) -> UInt8[np.ndarray, "frames height width 3"]:
            with torch.no_grad():
                return self.pipe(
                    picture,
                    prompt=scene.prompt,
                    last_image=last_picture,
                    num_frames=scene.frames,
                    num_inference_steps=how.steps,
                    guidance_scale=how.guidance,
                    transport=how.transport,
                    progress=progress,
                    **arguments,  # pyright: ignore[reportArgumentType]
                ).frames

        if method is None:
            return Result(frames=call(latents=noise), plan=None, seconds=time.perf_counter() - began)
        labels = tuple(scene.tracks[slot].label for slot in objects(tight))
        words = pocket_words(self.pipe, prompt=scene.prompt, labels=labels)
        ask = Ask(plan=tight, picture=picture, steps=how.steps, noise=noise, generator=generator, words=words)
        with method.guiding(stage, ask=ask) as guided:
            frames = call(**guided.arguments)
        return Result(frames=frames, plan=plan(scene, margin=0.0), seconds=time.perf_counter() - began)


def load_guided(method: Method | None, *, weights: Path | None = None) -> GuidedEngine:
    """Load the base alone; by default the weights that ship with the package."""
    return GuidedEngine(PocketPipeline.from_pretrained(weights or WEIGHTS), method=method)


def load_method(
    name: str = BOXES, *, base: str = "pocket", weights: Path | None = None
) -> Engine | GuidedEngine:
    """A base under a method by name: the trained adapter, or one that needs no training.

    Raises:
        Problem: no such method, no such base, or no weights in the folder.
    """
    if name == BOXES:
        return load_engine(base, weights=weights)
    if name not in METHODS:
        raise Problem(
            given=f'The method is "{name}"',
            wanted=f"This command knows {', '.join((BOXES, *METHODS))}",
            fix="Leave it out for the trained adapter",
        )
    return load_guided(METHODS[name], weights=weights)
