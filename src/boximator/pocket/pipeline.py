"""`pocket` as a pipeline: a picture and words in, frames at the picture's own size out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.pocket.base import PocketBase, load
from boximator.pocket.glimpse import Glimpse, glimpse_of
from boximator.pocket.layout import FRAMES, grid_for
from boximator.pocket.motion import MotionArrays, resampled, to_arrays
from boximator.pocket.render import render, render_colour
from boximator.pocket.sample import AfterStep, Given, Progress, denoise, initial_noise
from boximator.pocket.state import decode, to_cells
from boximator.pocket.text import TextEncoder
from boximator.scene.plan import ControlPlan

STEPS = 8
GUIDANCE = 1.25
WEIGHTS = Path(__file__).parent / "weights"

Callback = Callable[["PocketPipeline", int, float, dict[str, Any]], dict[str, Any]]
"""As diffusers' pipelines have it: pipeline, step, time and {"latents": ...} -> {"latents": ...} to go on with."""


@dataclass(frozen=True)
class PocketOutput:
    """Frames at the picture's size (frame 0 is the picture) and the motion they were made from."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    motion: MotionArrays


class PocketPipeline:
    """The embedded base, as a diffusers pipeline would be: `transformer` is where an adapter attaches."""

    def __init__(self, base: PocketBase, *, text_encoder: TextEncoder) -> None:
        self.base = base.eval().requires_grad_(False)
        self.transformer = base.transformer
        self.text_encoder = text_encoder

    @classmethod
    def from_pretrained(cls, folder: Path = WEIGHTS) -> PocketPipeline:
        """Load the weights of a folder; by default those that ship with the package."""
        return cls(load(folder), text_encoder=TextEncoder())

    def encode(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        *,
        prompt: str,
        negative_prompt: str,
        last_image: UInt8[np.ndarray, "h w 3"] | None,
    ) -> tuple[Given, Float[Tensor, "1 3 rows columns"]]:
        """What is constant over the denoising steps, and the picture's cells."""
        grid = grid_for(image.shape[0], width=image.shape[1])
        picture = _model_picture(image, size=grid.picture)
        last = torch.zeros(1, 4, grid.rows, grid.columns)
        if last_image is not None:
            last = torch.cat(
                [to_cells(_model_picture(last_image, size=grid.picture)), last[:, :1] + 1], dim=1
            )
        states = self.text_encoder([prompt, negative_prompt])
        with torch.no_grad():
            features = self.base.features(picture, last=last)
        return Given(features=features, text=states[:1], negative_text=states[1:]), to_cells(picture)

    def __call__(
        self,
        image: UInt8[np.ndarray, "height width 3"],
        *,
        prompt: str = "",
        negative_prompt: str = "",
        last_image: UInt8[np.ndarray, "h w 3"] | None = None,
        num_frames: int = FRAMES,
        num_inference_steps: int = STEPS,
        guidance_scale: float = GUIDANCE,
        generator: torch.Generator | None = None,
        progress: Progress | None = None,
        glimpse: Glimpse | None = None,
        transport: bool = True,
        boxes: ControlPlan | None = None,
        hold: bool = True,
        latents: Tensor | None = None,
        callback_on_step_end: Callback | None = None,
    ) -> PocketOutput:
        """Animate ``image``.

        ``num_frames`` other than 16 show the same 16-frame motion sampled at other times. ``transport=False``
        shows the model's own low-resolution colours instead of the photograph's pixels carried along. ``boxes``,
        a plan of ``num_frames`` frames, says where things are; ``hold`` keeps what is carried to them where the motion
        falls short. ``latents`` are the noise to start from, ``callback_on_step_end`` is called after every step, as in
        diffusers; ``glimpse`` is given a small picture of every step, before ``progress`` counts it.
        """
        given, cells = self.encode(
            image, prompt=prompt, negative_prompt=negative_prompt, last_image=last_image
        )
        if latents is None:
            latents = initial_noise(given, generator=generator or torch.Generator().manual_seed(0))
        state = denoise(
            self.base,
            given=given,
            noise=latents,
            steps=num_inference_steps,
            guidance=guidance_scale,
            progress=progress,
            look=None if glimpse is None else _looking(glimpse, image=image, cells=cells),
            after_step=None if callback_on_step_end is None else self._after_step(callback_on_step_end),
        )
        motion = resampled(to_arrays(decode(state, first=cells)), frames=num_frames, first=_colours(cells))
        frames = (
            render(image, motion=motion, boxes=boxes, hold=hold, last=last_image)
            if transport
            else render_colour(image, motion=motion)
        )
        return PocketOutput(frames=frames, motion=motion)

    def _after_step(self, callback: Callback) -> AfterStep:
        def after_step(step: int, time: float, state: Tensor) -> Tensor:
            return callback(self, step, time, {"latents": state}).get("latents", state)

        return after_step


def _looking(
    glimpse: Glimpse, *, image: UInt8[np.ndarray, "height width 3"], cells: Float[Tensor, "1 3 rows columns"]
) -> Callable[[Tensor], None]:
    def look(clean: Tensor) -> None:
        motion = to_arrays(decode(clean, first=cells))
        glimpse(glimpse_of(image, motion=motion))

    return look


def _model_picture(
    image: UInt8[np.ndarray, "height width 3"], *, size: tuple[int, int]
) -> Float[Tensor, "1 3 h w"]:
    how = cv2.INTER_AREA if image.shape[0] >= size[0] else cv2.INTER_CUBIC
    small = cv2.resize(image, (size[1], size[0]), interpolation=how)
    return torch.from_numpy(small).permute(2, 0, 1)[None].float() / 127.5 - 1


def _colours(cells: Float[Tensor, "1 3 rows columns"]) -> np.ndarray:
    return ((cells[0].permute(1, 2, 0) + 1) / 2).numpy().astype(np.float32)
