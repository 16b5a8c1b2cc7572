"""Films for the tests of marks: a window that moves over a photograph, with a thing that moves in it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from boximator.evaluation import photos
from boximator.video.picture import read_picture

PHOTOS = sorted((Path(photos.__file__).parent / "photos").glob("*.jpg"))


def film(
    *, photo: str = "pig", rows: int = 256, columns: int = 320, frames: int = 8
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    path = next(path for path in PHOTOS if path.stem == photo)
    picture = cv2.resize(read_picture(path), (columns, rows), interpolation=cv2.INTER_AREA)
    out = np.repeat(picture[None], frames, axis=0)
    side = rows // 4
    for index, frame in enumerate(out):
        left = side + 2 * index
        frame[side : 2 * side, left : left + side] = picture[:side, :side]
    return out
