"""Scenes: what a person asks for. The only thing that travels between editor, CLI, service and data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from boximator.scene.problem import Problem
from boximator.scene.rules import (
    LARGEST_SIDE,
    LONGEST_SCENE,
    SMALLEST_SIDE,
    Outline,
    first_problem,
    scene_faults,
    size_faults,
    text_faults,
)
from boximator.scene.track import Track

VERSION = 1
LONGEST_PROMPT = 4000
LARGEST_SEED = 2**53 - 1
"""The largest whole number every JSON reader keeps exactly."""

Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE)]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A first picture, a prompt, and up to 8 tracks that say what moves where.

    In memory a scene may have no track at all (generation without control, the paper's baseline); a scene
    *file* must have at least one, which `boximator.scene.wire` enforces.

    `picture` and `last_picture` are file names relative to the scene's file, or the pictures themselves (see
    `boximator.scene.embedded`). `width` and `height` are both
    given (pixels) or both None, which takes them from the picture.

    Raises:
        Problem: a number out of range, more than 8 tracks, an id used twice, a keyframe beyond the last
            frame, or a path with no frame left to travel.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    version: Annotated[Literal[1], Field(description="Of this format.")] = VERSION
    picture: Annotated[
        str | None,
        Field(
            min_length=1,
            description="The first frame: a file beside this one, or a data:image/...;base64 URL.",
        ),
    ] = None
    last_picture: Annotated[
        str | None, Field(min_length=1, description="The last frame, where the base can use one.")
    ] = None
    prompt: Annotated[str, Field(max_length=LONGEST_PROMPT, description="What happens, in words.")] = ""
    frames: Annotated[int, Field(ge=1, le=LONGEST_SCENE, description="How many frames to make.")] = 16
    fps: Annotated[int, Field(ge=1, le=120, description="Frames per second of the result.")] = 8
    width: Annotated[Side | None, Field(description="Pixels; null takes the picture's.")] = None
    height: Annotated[Side | None, Field(description="Pixels; null takes the picture's.")] = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED, description="Same seed, same video.")] = 0
    tracks: Annotated[tuple[Track, ...], Field(description="What moves where; track i takes slot i.")] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tracks", tuple(self.tracks))
        for name, low, high in (("frames", 1, LONGEST_SCENE), ("fps", 1, 120), ("seed", 0, LARGEST_SEED)):
            value = getattr(self, name)
            if not low <= value <= high:
                raise Problem(
                    given=f"The scene has {name} = {value}",
                    wanted=f"{name} is a whole number from {low} to {high}",
                    fix=f"Choose {name} in that range",
                )
        for name in ("prompt", "picture", "last_picture"):
            first_problem(text_faults(name, getattr(self, name)))
        first_problem(size_faults(self.width, self.height))
        outlines = [
            Outline(track.id, [key.frame for key in track.keyframes], track.path is not None)
            for track in self.tracks
        ]
        first_problem(scene_faults(self.frames, outlines))
