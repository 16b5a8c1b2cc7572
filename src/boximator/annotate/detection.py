"""What a detector finds in a frame, and what a detector is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Bool, Float32, Int, UInt8

Frame = UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True)
class Detection:
    """A thing in a frame: normalised x0 y0 x1 y1, how sure the detector is (0 to 1), and its name."""

    box: tuple[float, float, float, float]
    score: float
    label: str


def in_shares(box: Sequence[float], *, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Pixels of a picture of so many columns and rows -> shares of it, inside it and in order."""
    x0, y0, x1, y1 = (min(max(edge / side, 0.0), 1.0) for edge, side in zip(box, size * 2, strict=True))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


class Detector(Protocol):
    """Finds things in frames."""

    @property
    def names(self) -> tuple[str, ...] | None:
        """The classes it knows, or None if it takes any words."""
        ...

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        """What is in each frame; only what is ``wanted`` (everything it knows, if None)."""
        ...


def best(
    boxes: Float32[np.ndarray, "n 4"],
    *,
    scores: Float32[np.ndarray, " n"],
    names: Int[np.ndarray, " n"],
    least: float,
    most: int = 50,
    overlap: float = 0.5,
) -> list[int]:
    """The boxes that stay, best first: over ``least``, and of one class none that lies mostly in a better one."""
    order = [int(i) for i in np.argsort(-scores) if scores[i] > least]
    kept: list[int] = []
    for i in order:
        rivals = [j for j in kept if names[j] == names[i]]
        if not _mostly_in(boxes[i], boxes[rivals], overlap=overlap).any():
            kept.append(i)
        if len(kept) == most:
            break
    return kept


def _mostly_in(
    box: Float32[np.ndarray, " 4"], others: Float32[np.ndarray, "n 4"], *, overlap: float
) -> Bool[np.ndarray, " n"]:
    """Whether the intersection is more than a share of the smaller box."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return shared > overlap * np.minimum(np.prod(box[2:] - box[:2]), areas)
