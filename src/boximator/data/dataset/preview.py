"""A contact sheet: a row of frames for each clip, its boxes drawn on it, its labels under it."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from boximator.data.dataset.clips import Clips, Found
from boximator.data.dataset.views import sampled
from boximator.scene.box import outside
from boximator.scene.colours import COLOURS

ACROSS, HEIGHT, WORDS = 5, 120, 16
"""Frames in a row, their height in pixels, and that of the line of words under them."""


def contact_sheet(clips: Clips, *, count: int, seed: int = 0) -> UInt8[np.ndarray, "height width 3"]:
    """Clips chosen by a seed, in the dataset's order."""
    chosen = np.random.default_rng(seed).permutation(len(clips))[:count]
    rows = [_row(clips[int(place)]) for place in sorted(chosen)]
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, [(0, 4), (0, width - row.shape[1]), (0, 0)], constant_values=255) for row in rows]
    return np.concatenate(padded)


def _row(found: Found) -> UInt8[np.ndarray, "height width 3"]:
    shown = sampled(found.shown, frames=ACROSS)
    width = max(1, round(HEIGHT * shown.size[1] / shown.size[0]))
    pictures = [
        _drawn(cv2.resize(frame, (width, HEIGHT), interpolation=cv2.INTER_AREA), boxes)
        for frame, boxes in zip(shown.frames, shown.boxes, strict=True)
    ]
    gap = np.full((HEIGHT, 4, 3), 255, np.uint8)
    line = np.concatenate([part for picture in pictures for part in (picture, gap)], axis=1)
    record = found.record
    things = ", ".join(track.label for track in record.tracks)
    said = f"{record.clip}  {things}  motion {record.motion:.2f}  {record.caption}"
    return np.concatenate([line, _words(said, width=line.shape[1])])


def _drawn(frame: np.ndarray, boxes: np.ndarray) -> UInt8[np.ndarray, "height width 3"]:
    picture = Image.fromarray(frame)
    draw = ImageDraw.Draw(picture)
    sides = np.array([picture.width, picture.height] * 2)
    for box, colour in zip(boxes, COLOURS, strict=True):
        if box.any() and not outside(box):
            x0, y0, x1, y1 = (box * sides).tolist()
            draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), outline=_bytes(colour), width=2)
    return np.asarray(picture)


def _bytes(colour: tuple[float, float, float]) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in colour)
    return red, green, blue


def _words(said: str, *, width: int) -> UInt8[np.ndarray, "height width 3"]:
    picture = Image.new("RGB", (width, WORDS), "white")
    ImageDraw.Draw(picture).text((2, 1), said, fill="black", font=ImageFont.load_default(11))
    return np.asarray(picture)
