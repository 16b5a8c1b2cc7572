"""The histograms of a dataset as a picture: the same that `boximator data stats` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int, UInt8
from PIL import Image, ImageDraw, ImageFont

from boximator.data.dataset.stats import LENGTHS, MOTIONS, SIZES, Stats

WIDTH, HEIGHT = 380, 260
"""Of one histogram, in pixels."""

BARS, _INK = (31, 111, 180), "#202020"
_LEFT, _TOP, _BOTTOM = 16, 40, 34


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts between edges, and what is counted."""

    title: str
    counts: Int[np.ndarray, " bins"]
    edges: np.ndarray


def histograms_of(stats: Stats) -> tuple[Histogram, ...]:
    """Those of a dataset."""
    return (
        Histogram("size of boxes (square root of the share of the picture)", stats.sizes, SIZES),
        Histogram("motion (share of the picture that changes)", stats.motions, MOTIONS),
        Histogram("length in seconds", stats.lengths, LENGTHS),
    )


def picture_of(histograms: Sequence[Histogram]) -> UInt8[np.ndarray, "height width 3"]:
    """Side by side; the highest bar of each fills its height."""
    sheet = Image.new("RGB", (WIDTH * len(histograms), HEIGHT), "white")
    for number, one in enumerate(histograms):
        _draw(one, on=ImageDraw.Draw(sheet), left=number * WIDTH)
    return np.asarray(sheet)


def _draw(one: Histogram, *, on: ImageDraw.ImageDraw, left: int) -> None:
    begin, floor, font = left + _LEFT, HEIGHT - _BOTTOM, ImageFont.load_default(11)
    step = (WIDTH - 2 * _LEFT) / len(one.counts)
    most = max(1, int(one.counts.max()))
    on.text((begin, 8), one.title, fill=_INK, font=ImageFont.load_default(12))
    for place, (count, edge) in enumerate(zip(one.counts, one.edges, strict=False)):
        at, top = begin + place * step, floor - (floor - _TOP) * int(count) / most
        on.rectangle((at + 2, top, at + step - 2, floor), fill=BARS)
        on.text((at + step / 2, top - 8), f"{count}", fill=_INK, font=font, anchor="mm")
        on.text((at, floor + 12), f"{edge:g}", fill=_INK, font=font, anchor="mm")
    last = one.edges[-1]
    words = f"{last:g}" if np.isfinite(last) else "more"
    on.text((begin + WIDTH - 2 * _LEFT, floor + 12), words, fill=_INK, font=font, anchor="mm")
