"""Writing for others: a scene at a size in pixels -> files, each as bytes, as one picture or as frames of a film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import UInt8

from boximator.formats.source import Size
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

ITSELF = ""
"""The name of the one file of a format that is one file."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """What a writer is given.

    Attributes:
        scene: what to write.
        size: width and height in pixels, for formats that count in them.
        ground: the first picture, at whatever size it has, if there is one.
        name: what to call the shot (no folder, no ending).
    """

    scene: Scene
    size: Size
    ground: UInt8[np.ndarray, "rows columns 3"] | None = None
    name: str = "scene"


@dataclass(frozen=True, eq=False)
class Film:
    """Frames to be encoded as a video."""

    frames: UInt8[np.ndarray, "frames rows columns 3"]
    fps: int


@dataclass(frozen=True, eq=False)
class Still:
    """A picture to be written as PNG."""

    pixels: UInt8[np.ndarray, "rows columns 3"]


Content = bytes | Film | Still


@dataclass(frozen=True, kw_only=True)
class Written:
    """Files by their name in the folder (`ITSELF` where the format is one file), and what a person is told."""

    files: Mapping[str, Content]
    notes: tuple[str, ...] = field(default=())


def ground_of(target: Target, format_name: str) -> UInt8[np.ndarray, "rows columns 3"]:
    """The first picture, for formats that move pieces of it."""
    if target.ground is None:
        raise Problem(
            given="The scene has no picture",
            wanted=f"{format_name} is made of the first picture",
            fix="Add --picture with the first frame",
        )
    return target.ground
