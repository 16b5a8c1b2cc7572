"""Sizes and frame rates that places of publication ask for. Borders are added, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.scene.problem import Problem


@dataclass(frozen=True)
class Place:
    """``width`` and ``height`` in pixels, None to stay as it is; frames per second that frames are repeated to.

    ``label``: what the place wants to be told by whoever uploads, beside the marks in the file.
    """

    width: int | None
    height: int | None
    fps: int
    label: str


PLACES = {
    "tiktok": Place(1080, 1920, 30, 'When posting, switch on "AI-generated content".'),
    "youtube": Place(1920, 1080, 30, 'When uploading, answer "altered or synthetic content" with yes.'),
    "instagram": Place(1080, 1350, 30, 'When posting, switch on "AI label".'),
    "web": Place(None, None, 24, "Say beside the video that it is AI-generated."),
}
"""All are H.264 in MP4, yuv420p, which `write_video` makes anyway."""


def check_place(name: str | None) -> None:
    """Raises a `Problem` if it is not the name of a place."""
    if name is not None and name not in PLACES:
        raise Problem(
            given=f'--for is "{name}"', wanted=f"It is one of {', '.join(PLACES)}", fix="Write --for web"
        )


@dataclass(frozen=True, eq=False)
class Published:
    """A film as a place wants it. ``window``: where the picture lies inside the borders, in fractions of the frame."""

    frames: UInt8[np.ndarray, "shown height width 3"]
    fps: float
    place: str | None = None
    window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    def box(self, box: Sequence[float]) -> list[float]:
        """A box of the picture, x0 y0 x1 y1, as a box of the whole frame."""
        left, top, right, bottom = self.window
        wide, high = right - left, bottom - top
        x0, y0, x1, y1 = box
        return [
            round(side, 6) for side in (left + x0 * wide, top + y0 * high, left + x1 * wide, top + y1 * high)
        ]

    def boxes(self, tracks: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
        """The tracks that `About.boxes` holds, moved inside the borders; frames keep the numbers of the scene."""
        return tuple(
            track | {"frames": [[frame, *self.box(box)] for frame, *box in track["frames"]]}
            for track in tracks
        )

    def told(self) -> dict[str, Any]:
        """What the files say about it; nothing where nothing was changed."""
        if self.place is None:
            return {}
        height, width = self.frames.shape[1:3]
        size = {"width": width, "height": height, "fps": self.fps}
        return {"place": self.place, **size, "window": [round(side, 6) for side in self.window]}


def published(
    frames: UInt8[np.ndarray, "frames rows columns 3"], *, fps: float, place: str | None
) -> Published:
    """The frames as a place wants them: scaled to fit, black borders around, nothing cut, frames shown longer."""
    if place is None:
        return Published(frames, fps)
    wanted, window = PLACES[place], (0.0, 0.0, 1.0, 1.0)
    if wanted.width is not None and wanted.height is not None:
        inside = _inside((frames.shape[1], frames.shape[2]), width=wanted.width, height=wanted.height)
        frames = np.stack([_bordered(frame, inside, wanted.width, wanted.height) for frame in frames])
        left, top, right, bottom = inside
        window = (left / wanted.width, top / wanted.height, right / wanted.width, bottom / wanted.height)
    if wanted.fps > fps:
        count = round(len(frames) * wanted.fps / fps)
        shown = np.minimum((np.arange(count) * fps / wanted.fps).astype(int), len(frames) - 1)
        frames, fps = frames[shown], float(wanted.fps)
    return Published(frames, fps, place, window)


def _inside(shape: tuple[int, int], *, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom pixel of a picture (rows, columns) that is scaled to fit, in the middle."""
    scale = min(width / shape[1], height / shape[0])
    size = (min(width, round(shape[1] * scale)), min(height, round(shape[0] * scale)))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    return left, top, left + size[0], top + size[1]


def _bordered(
    frame: UInt8[np.ndarray, "rows columns 3"], inside: tuple[int, int, int, int], width: int, height: int
) -> UInt8[np.ndarray, "height width 3"]:
    left, top, right, bottom = inside
    out = np.zeros((height, width, 3), np.uint8)
    scaled = Image.fromarray(frame).resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    out[top:bottom, left:right] = np.asarray(scaled)
    return out
