"""Sizes and frame rates that places of publication ask for. Borders are added, nothing is cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.scene.problem import Problem


@dataclass(frozen=True)
class Place:
    """``width`` and ``height`` in pixels, None to stay as it is; frames per second that frames are repeated to."""

    width: int | None
    height: int | None
    fps: int


PLACES = {
    "tiktok": Place(1080, 1920, 30),
    "youtube": Place(1920, 1080, 30),
    "instagram": Place(1080, 1350, 30),
    "web": Place(None, None, 24),
}
"""All are H.264 in MP4, yuv420p, which `write_video` makes anyway."""


def check_place(name: str | None) -> None:
    """Raises a `Problem` if it is not the name of a place."""
    if name is not None and name not in PLACES:
        raise Problem(
            given=f'--for is "{name}"', wanted=f"It is one of {', '.join(PLACES)}", fix="Write --for web"
        )


def published(
    frames: UInt8[np.ndarray, "frames rows columns 3"], *, fps: float, place: str | None
) -> tuple[UInt8[np.ndarray, "shown height width 3"], float]:
    """The frames as a place wants them, and their rate: scaled to fit, black borders around, frames shown longer.

    Boxes of the scene stay those of the picture inside the borders.
    """
    if place is None:
        return frames, fps
    wanted = PLACES[place]
    if wanted.width is not None and wanted.height is not None:
        frames = np.stack([_bordered(frame, wanted.width, wanted.height) for frame in frames])
    if wanted.fps <= fps:
        return frames, fps
    count = round(len(frames) * wanted.fps / fps)
    shown = np.minimum((np.arange(count) * fps / wanted.fps).astype(int), len(frames) - 1)
    return frames[shown], float(wanted.fps)


def _bordered(
    frame: UInt8[np.ndarray, "rows columns 3"], width: int, height: int
) -> UInt8[np.ndarray, "height width 3"]:
    scale = min(width / frame.shape[1], height / frame.shape[0])
    size = (min(width, round(frame.shape[1] * scale)), min(height, round(frame.shape[0] * scale)))
    out = np.zeros((height, width, 3), np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    scaled = Image.fromarray(frame).resize(size, Image.Resampling.LANCZOS)
    out[top : top + size[1], left : left + size[0]] = np.asarray(scaled)
    return out
