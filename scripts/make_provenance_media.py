#!/usr/bin/env python
"""Makes the pictures in docs/provenance.md: the label in several languages and sizes, and what the watermark changes.

Example: python scripts/make_provenance_media.py docs/media
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from boximator.evaluation import photos
from boximator.provenance.label import labelled
from boximator.provenance.watermark.embed import embedded
from boximator.video.picture import read_picture
from boximator.video.writer import write_sheet

PHOTOS = Path(photos.__file__).parent / "photos"
SHORT, TALL, WIDE, NARROW = (128, 256, 512), 360, 480, 256
LANGUAGES = ("en", "de", "fr", "pl", "zh", "ja")
GAIN, PAYLOAD, COLUMNS = 20, 0x0123456789ABCDEF, 3


def photograph(name: str, *, short: int) -> np.ndarray:
    """A photograph with so many pixels on its short side."""
    picture = read_picture(PHOTOS / f"{name}.jpg")
    scale = short / min(picture.shape[:2])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def corner(picture: np.ndarray, *, shape: tuple[int, int]) -> np.ndarray:
    """The lower right corner of a picture, pixel by pixel."""
    height, width = (min(want, have) for want, have in zip(shape, picture.shape[:2], strict=True))
    out = np.full((*shape, 3), 255, np.uint8)
    out[shape[0] - height :, shape[1] - width :] = picture[-height:, -width:]
    return out


def labels() -> np.ndarray:
    """Each language on the sizes in turn, on light and dark photographs; corners at their own pixels."""
    names = sorted(path.stem for path in PHOTOS.glob("*.jpg"))[
        :: max(1, len(list(PHOTOS.glob("*.jpg"))) // 6)
    ]
    tiles = [
        corner(
            labelled(photograph(names[index % len(names)], short=SHORT[index % 3])[None], language=language)[
                0
            ],
            shape=(TALL // 3, WIDE // 2),
        )
        for index, language in enumerate(LANGUAGES)
    ]
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    return np.vstack(rows)


def difference() -> np.ndarray:
    """A photograph, the same with its watermark, and the difference of the two, twenty times as strong."""
    plain = photograph("pig", short=NARROW)
    marked = embedded(plain[None], PAYLOAD)[0]
    shown = np.clip(128 + GAIN * (marked.astype(int) - plain), 0, 255).astype(np.uint8)
    return np.hstack([part[:, :NARROW] for part in (plain, marked, shown)])


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("folder", type=Path)
    folder: Path = told.parse_args().folder
    for name, picture in (("provenance-labels", labels()), ("provenance-watermark", difference())):
        write_sheet(picture[None], folder / f"{name}.png")


if __name__ == "__main__":
    main()
