"""The visible label: a dark plate with white words, on every frame.

The rule of its size: letters are 3.5 % of the short side high, and never below 9 pixels; the plate lies half a
letter's height from the lower right corner. Where the words would take more than 70 % of the width, the two letters of
the European icon stand alone. On a contact sheet each picture bears the plate that it has in the film. The font is
WenQuanYi Micro Hei, which OpenCV 5 brings along; it has Chinese characters.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from jaxtyping import UInt8

from boximator.provenance.panels import first_panels
from boximator.scene.problem import Problem

Language = Literal["en", "de", "fr", "es", "it", "pt", "nl", "pl", "zh", "ja"]
WORDS: dict[str, tuple[str, str]] = {
    "en": ("AI-generated", "AI"),
    "de": ("KI-generiert", "KI"),
    "fr": ("Généré par IA", "IA"),
    "es": ("Generado por IA", "IA"),
    "it": ("Generato con IA", "IA"),
    "pt": ("Gerado por IA", "IA"),
    "nl": ("AI-gegenereerd", "AI"),
    "pl": ("Wygenerowane przez AI", "AI"),
    "zh": ("人工智能生成", "AI"),
    "ja": ("AI生成", "AI"),
}
"""The whole words, and the short ones for small pictures."""
SHARE, LEAST, WIDEST = 0.035, 9, 0.7
PLATE, OPACITY, TEXT = 16.0, 0.78, 255.0
BAND = 3.2
"""Height of a band below a picture, in letters: the plate, and half a letter above and below."""
DRIFT = 0.25
"""The share of the free width that a moving label crosses in a second; it turns round at the edges."""
LOOKS_LIKE = 0.72
"""Least correlation at which a place of a picture is taken for one of our plates."""


@dataclass(frozen=True)
class Seen:
    """A place that looks like one of our plates, if ``found``; fractions of the frame."""

    found: bool
    text: str | None
    score: float
    box: tuple[float, float, float, float] | None


def labelled(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    *,
    language: str = "en",
    moving: bool = False,
    fps: float = 8,
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """The frames with the plate on each.

    Raises:
        Problem: a language that there are no words for.
    """
    shape = (frames.shape[1], frames.shape[2])
    plate = plate_for(language, shape=shape)
    out = frames.copy()
    for index, frame in enumerate(out):
        top, left = _place(shape, plate.shape[:2], seconds=index / fps if moving else None)
        _lay(frame, plate, top=top, left=left)
    return out


def words_in(language: str) -> tuple[str, str]:
    """The whole words, and the short ones.

    Raises:
        Problem: a language that there are no words for.
    """
    if language not in WORDS:
        raise Problem(
            given=f'The label\'s language is "{language}"',
            wanted=f"There are words in {', '.join(WORDS)}",
            fix="Use en",
        )
    return WORDS[language]


@functools.lru_cache(maxsize=64)
def plate_for(
    language: str, *, shape: tuple[int, int], short: bool = False
) -> UInt8[np.ndarray, "rows columns"]:
    """How much of white (the letters) there is in each pixel of the plate."""
    words = words_in(language)[1 if short else 0]
    plate = _written(words, height=letter_height(shape))
    if not short and plate.shape[1] > WIDEST * shape[1]:
        return plate_for(language, shape=shape, short=True)
    return plate


def letter_height(shape: tuple[int, int]) -> int:
    """Pixels from the foot to the head of a capital letter, in a frame of so many rows and columns."""
    return max(LEAST, round(SHARE * min(shape)))


def banded(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
) -> UInt8[np.ndarray, "frames higher columns 3"]:
    """Frames with a dark band below that has room for the plate, for charts and rows of pictures it must not cover."""
    rows, columns = frames.shape[1:3]
    letters = letter_height((round(rows / (1 - BAND * SHARE)) + 1, columns))
    return np.pad(frames, [(0, 0), (0, round(BAND * letters)), (0, 0), (0, 0)], constant_values=round(PLATE))


def find_label(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Seen:
    """The place that looks most like one of our plates, in the first frame, whatever its language.

    If the frame is a contact sheet, its first picture is looked at, too.
    """
    grey = cv2.cvtColor(np.ascontiguousarray(frames[0]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    best = _best(grey, whole=grey.shape)
    if not best.found:
        for rows, columns in first_panels(grey):
            best = max(best, _best(grey[:rows, :columns], whole=grey.shape), key=lambda seen: seen.score)
    return best


def _best(grey: np.ndarray, *, whole: tuple[int, ...]) -> Seen:
    """The best place in one picture; its box in fractions of the ``whole`` that it is the upper left part of."""
    best = Seen(found=False, text=None, score=0.0, box=None)
    for language, (full, brief) in WORDS.items():
        for text, short in ((full, False), (brief, True)):
            plate = plate_for(language, shape=grey.shape, short=short)
            if not short and plate is plate_for(language, shape=grey.shape, short=True):
                continue  # there is room for the two letters only
            if plate.shape[0] >= grey.shape[0] or plate.shape[1] >= grey.shape[1]:
                continue
            match = cv2.matchTemplate(grey, plate.astype(np.float32), cv2.TM_CCOEFF_NORMED)
            _, score, _, (left, top) = cv2.minMaxLoc(match)
            if score > best.score:
                best = _seen(text, score=float(score), corner=(top, left), plate=plate, shape=whole)
    return best


def _seen(
    text: str, *, score: float, corner: tuple[int, int], plate: np.ndarray, shape: tuple[int, ...]
) -> Seen:
    (top, left), (height, width) = corner, plate.shape[:2]
    box = (left / shape[1], top / shape[0], (left + width) / shape[1], (top + height) / shape[0])
    found = score >= LOOKS_LIKE
    return Seen(found=found, text=text if found else None, score=score, box=box if found else None)


def _written(words: str, *, height: int) -> UInt8[np.ndarray, "rows columns"]:
    """Words on a plate, drawn four times as large and made smaller, so that small letters are clean."""
    font, scale = _font(), 4
    size = round(height * scale * 1.38)
    weight = 600
    (width, _), _ = _extent(words, font, size, weight)
    pad = height * scale * 6 // 10
    canvas = np.zeros((height * scale + 2 * pad, width + 2 * pad, 3), np.uint8)
    cv2.putText(canvas, words, (pad, pad + height * scale), (255, 255, 255), font, size, weight)
    rows, columns = canvas.shape[0] // scale, canvas.shape[1] // scale
    return cv2.resize(canvas[..., 0], (columns, rows), interpolation=cv2.INTER_AREA)


def _extent(words: str, font: Any, size: int, weight: int) -> tuple[tuple[int, int], int]:
    left, top, width, height = cv2.getTextSize((0, 0), words, (0, 0), font, size, weight)
    return (left + width, height), top


def _font() -> Any:
    make = getattr(cv2, "FontFace", None)
    if make is None:
        raise Problem(
            given=f"OpenCV {cv2.__version__} is installed",
            wanted="The label is written with the font of OpenCV 5",
            fix='Run: pip install "opencv-python-headless>=5"',
        )
    return make("uni")


def _place(shape: tuple[int, int], plate: tuple[int, ...], *, seconds: float | None) -> tuple[int, int]:
    """The plate's upper left pixel: in the lower right corner, or on its way along the lower edge."""
    margin = letter_height(shape) // 2
    free = max(0, shape[1] - plate[1] - 2 * margin)
    top = max(0, shape[0] - plate[0] - margin)
    if seconds is None:
        return top, margin + free
    way = (seconds * DRIFT) % 2
    return top, margin + round(free * (way if way <= 1 else 2 - way))


def _lay(frame: UInt8[np.ndarray, "rows columns 3"], plate: np.ndarray, *, top: int, left: int) -> None:
    under = frame[top : top + plate.shape[0], left : left + plate.shape[1]]
    letters = plate[: under.shape[0], : under.shape[1], None] / 255.0
    ground = under * (1 - OPACITY) + PLATE * OPACITY
    under[:] = np.rint(ground * (1 - letters) + TEXT * letters).astype(np.uint8)
