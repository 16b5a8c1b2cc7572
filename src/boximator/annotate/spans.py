"""Stage "spans": clips of equal length, their frames chosen by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Span:
    """A clip: the second at which it begins, and which of the video's frames it takes."""

    start: float
    indices: tuple[int, ...]


def spans(
    shots: Sequence[range], *, times: Sequence[float], frames: int, fps: float, most: int
) -> list[Span]:
    """The clips of all shots, one after another, never over a cut; ``most`` spread evenly (0: all).

    Each moment takes the frame that is shown then, so a variable frame rate is no matter.
    """
    at = np.asarray(times, np.float64)
    found: list[Span] = []
    step = float(np.median(np.diff(at))) if len(at) > 1 else 1.0
    for shot in shots:
        begin = at[shot.start]
        end = at[shot.stop] if shot.stop < len(at) else at[-1] + step
        for number in range(int((end - begin) * fps / frames + 1e-6)):
            start = begin + number * frames / fps
            moments = start + np.arange(frames) / fps
            shown = np.searchsorted(at, moments + 1e-6, side="right") - 1
            found.append(
                Span(start=float(start), indices=tuple(np.clip(shown, shot.start, shot.stop - 1).tolist()))
            )
    if most and len(found) > most:
        chosen = np.round(np.linspace(0, len(found) - 1, most)).astype(int)
        found = [found[index] for index in chosen]
    return found
