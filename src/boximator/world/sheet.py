"""A contact sheet of clips, to look at what training looks at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8

from boximator.scene.colours import COLOURS

_COLUMNS = 5


class Shown(Protocol):
    """What a sheet shows of a clip, of whatever kind."""

    @property
    def frames(self) -> UInt8[np.ndarray, "frames height width 3"]: ...
    @property
    def boxes(self) -> Float32[np.ndarray, "frames 8 4"]: ...
    @property
    def present(self) -> Bool[np.ndarray, " 8"]: ...
    @property
    def caption(self) -> str: ...


def _boxed(clip: Shown, *, frame: int) -> UInt8[np.ndarray, "height width 3"]:
    picture = clip.frames[frame].copy()
    height, width = picture.shape[:2]
    for slot in np.flatnonzero(clip.present):
        x0, y0, x1, y1 = clip.boxes[frame, slot]
        colour = tuple(int(255 * c) for c in COLOURS[slot])
        corner = (int(x0 * width), int(y0 * height))
        cv2.rectangle(picture, corner, (int(x1 * width) - 1, int(y1 * height) - 1), colour, 1)
    return picture


def contact_sheet(clips: Sequence[Shown]) -> UInt8[np.ndarray, "height width 3"]:
    """Five frames a row, boxes in their colours, the caption under each row."""
    rows: list[np.ndarray] = []
    for clip in clips:
        shown = np.linspace(0, len(clip.frames) - 1, _COLUMNS).astype(int)
        strip = np.hstack([_boxed(clip, frame=int(t)) for t in shown])
        words = np.full((16, strip.shape[1], 3), 255, np.uint8)
        cv2.putText(
            words, clip.caption[:160], (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 0, 0), 1, cv2.LINE_AA
        )
        rows += [strip, words]
    return np.vstack(rows)


def save_sheet(sheet: UInt8[np.ndarray, "height width 3"], path: Path) -> None:
    """Write the sheet as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet[..., ::-1])
