"""Tiny random pipelines as training-free methods meet them: a stage, an ask, and a run that returns latents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import torch
from pocket_stand_ins import Words as AnyWords
from pocket_stand_ins import tiny_pocket
from tiny_cogvideox import cogvideox_2b_base
from tiny_unets import animatediff_base, svd_base, unet3d_base
from tiny_wan import wan_a14b_base, wan_base, wan_image_base
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor

from boximator.bases.pocket_stage import pocket_stage
from boximator.bases.stages import stage_for
from boximator.guidance.method import Ask, Method
from boximator.guidance.stage import Stage
from boximator.guidance.words import Words
from boximator.pocket.pipeline import PocketPipeline
from boximator.scene.box import Box
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

STEPS = 4


@dataclass(frozen=True, kw_only=True)
class Case:
    """One base. ``run`` takes a pipeline's further arguments and returns the latents at the end."""

    stage: Stage
    ask: Ask
    run: Callable[..., Tensor]

    def plain(self) -> Tensor:
        return self.run(latents=self.ask.noise)

    def guided(self, method: Method) -> Tensor:
        with method.guiding(self.stage, ask=fresh(self.ask)) as guided:
            return self.run(**guided.arguments)


def fresh(ask: Ask) -> Ask:
    """The same with the generator at its start."""
    return replace(ask, generator=torch.Generator().manual_seed(5))


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def picture(side: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)


def moving_scene(frames: int) -> Scene:
    """One dog that goes from the left to the right."""
    boxes = Box(0.0, 0.25, 0.5, 0.75), Box(0.5, 0.5, 1.0, 1.0)
    keys = tuple(Keyframe(frame=frame, box=box) for frame, box in zip((0, frames - 1), boxes, strict=True))
    return Scene(prompt="a dog runs", frames=frames, tracks=(Track(id=1, label="dog", keyframes=keys),))


def moving(frames: int) -> ControlPlan:
    return plan(moving_scene(frames), margin=0.0)


def asked(stage: Stage, *, frames: int, side: int, words: int | None) -> Ask:
    """``words``: tokens of the prompt, of which the third is the dog's."""
    known = Words(count=words, used=4, subjects=((2,),)) if words is not None else None
    return Ask(
        plan=moving(frames),
        picture=picture(side),
        steps=STEPS,
        noise=noise(*stage.shape),
        generator=torch.Generator().manual_seed(5),
        words=known,
    )


def _diffusers(
    pipe: Any, *, frames: int, side: int, words: int | None, width: int = 0, **others: Any
) -> Case:
    told: dict[str, Any] = {}
    if words is not None:
        told["prompt_embeds"] = noise(1, words, width)
        told["negative_prompt_embeds"] = noise(1, words, width, seed=1)

    def run(**arguments: Any) -> Tensor:
        return pipe(
            **told,
            **others,
            height=side,
            width=side,
            num_frames=frames,
            num_inference_steps=STEPS,
            generator=torch.Generator().manual_seed(7),
            output_type="latent",
            **arguments,
        ).frames

    stage = stage_for(pipe, frames=frames, size=(side, side))
    return Case(stage=stage, ask=asked(stage, frames=frames, side=side, words=words), run=run)


def svd() -> Case:
    image = noise(1, 3, 32, 32).sigmoid()
    return _diffusers(svd_base().pipe, frames=3, side=32, words=None, image=image, min_guidance_scale=1.5)


def unet3d() -> Case:
    return _diffusers(unet3d_base().pipe, frames=3, side=16, words=5, width=8, guidance_scale=3.0)


def animatediff() -> Case:
    return _diffusers(animatediff_base().pipe, frames=4, side=16, words=5, width=8, guidance_scale=3.0)


def wan() -> Case:
    return _diffusers(wan_base().pipe, frames=9, side=64, words=6, width=32, guidance_scale=3.0)


def wan_image() -> Case:
    image = noise(1, 3, 64, 64).sigmoid()
    return _diffusers(
        wan_image_base().pipe, frames=9, side=64, words=6, width=32, guidance_scale=3.0, image=image
    )


def wan_a14b() -> Case:
    return _diffusers(wan_a14b_base().pipe, frames=9, side=64, words=6, width=32, guidance_scale=3.0)


def cogvideox() -> Case:
    return _diffusers(
        cogvideox_2b_base().pipe,
        frames=9,
        side=16,
        words=6,
        width=32,
        guidance_scale=3.0,
        max_sequence_length=6,
    )


class SomeWords(AnyWords):
    """With a tokenizer that knows a few words."""

    def __init__(self) -> None:
        super().__init__()
        known = {word: place for place, word in enumerate(["?", "a", "dog", "runs", "cat"])}
        self.tokenizer = Tokenizer(models.WordLevel(known, unk_token="?"))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]


def pocket_pipe() -> PocketPipeline:
    return PocketPipeline(tiny_pocket(), text_encoder=SomeWords())


def pocket() -> Case:
    pipe, image = pocket_pipe(), picture(64)
    stage = pocket_stage(pipe, picture=image, steps=STEPS)
    ends: list[Tensor] = []

    def run(*, latents: Tensor, callback_on_step_end: Callable[..., Any] | None = None) -> Tensor:
        def last(*called: Any) -> dict[str, Tensor]:
            answer = called[-1] if callback_on_step_end is None else callback_on_step_end(*called)
            ends.append(answer["latents"])
            return answer

        pipe(
            image,
            prompt="a dog runs",
            num_inference_steps=STEPS,
            latents=latents,
            callback_on_step_end=last,
            transport=False,
        )
        return ends[-1]

    ask = asked(stage, frames=16, side=64, words=32)
    return Case(stage=stage, ask=replace(ask, picture=image), run=run)


MAKERS: dict[str, Callable[[], Case]] = {
    "pocket": pocket,
    "svd": svd,
    "unet3d": unet3d,
    "animatediff": animatediff,
    "wan": wan,
    "wan-i2v": wan_image,
    "wan-a14b": wan_a14b,
    "cogvideox": cogvideox,
}


@cache
def case(name: str) -> tuple[Case, Tensor]:
    """A base, built once, and what it makes without boxes.

    That of its second run: where others were compiled before in the same process, the first one of a pipeline has been
    seen to be rounded differently from all later ones (1e-6).
    """
    made = MAKERS[name]()
    made.plain()
    return made, made.plain()
