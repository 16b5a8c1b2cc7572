"""Pictures of an entry: the truth, a guess at much noise, and a free sample, for a few clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageDraw, ImageFont

from boximator.provenance.about import About
from boximator.provenance.label import banded
from boximator.provenance.marks import write_marked
from boximator.training.contest.trial import Frames, Trial

SHOWN = (0, 3, 6, 9, 12, 15)
GUESS = 0.9
_WORDS = 20  # pixels of a line of text
_GAP = 2


def strip(trial: Trial) -> UInt8[np.ndarray, "height width 3"]:
    """Three rows of frames under the clip's caption."""
    rows = [
        _row(frames, trial=trial) for frames in (trial.clip.frames[1:], trial.guesses[GUESS], trial.sample)
    ]
    words = Image.new("RGB", (rows[0].shape[1], _WORDS), "white")
    ImageDraw.Draw(words).text((4, 3), trial.clip.caption, fill="black", font=ImageFont.load_default(12))
    return np.vstack([np.asarray(words), *rows])


def _row(frames: Frames, *, trial: Trial) -> UInt8[np.ndarray, "height width 3"]:
    every = np.concatenate([trial.clip.frames[:1], frames])
    gap = np.full((frames.shape[1], _GAP, 3), 255, np.uint8)
    row = np.hstack([np.hstack([every[t], gap]) for t in SHOWN if t < len(every)])
    return np.vstack([row, np.full((_GAP, row.shape[1], 3), 255, np.uint8)])


def write_sheet(strips: list[np.ndarray], path: Path, *, title: str) -> None:
    """All strips below each other as a PNG."""
    head = Image.new("RGB", (strips[0].shape[1], _WORDS), "white")
    words = f"{title}: truth; guess at noise time {GUESS}; free sample"
    ImageDraw.Draw(head).text((4, 3), words, fill="black", font=ImageFont.load_default(13))
    about = About(base="pocket in training", method="sample of a training")
    write_marked(banded(np.vstack([np.asarray(head), *strips])[None]), path, fps=1, about=about)
