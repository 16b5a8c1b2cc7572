"""What is in a dataset, counted from its index alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int

from boximator.data.dataset.index import Row
from boximator.scene.box import outside

SIZES = np.array([0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0])
"""Edges of the histogram of box sizes: the square root of the share of the picture."""
MOTIONS = np.array([0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0])
"""Of motion: the share of the picture that differs between first and last frame."""
LENGTHS = np.array([0, 1, 2, 4, 8, 16, 32, np.inf])
"""Of length in seconds."""


@dataclass(eq=False)
class Stats:
    """Counts. ``sizes`` is of boxes (those that show), the other histograms are of clips."""

    clips: int = 0
    seconds: float = 0.0
    splits: Counter[str] = field(default_factory=Counter[str])
    labels: Counter[str] = field(default_factory=Counter[str])
    licences: Counter[str] = field(default_factory=Counter[str])
    sources: Counter[str] = field(default_factory=Counter[str])
    objects: Counter[int] = field(default_factory=Counter[int])
    sizes: Int[np.ndarray, " bins"] = field(default_factory=lambda: np.zeros(len(SIZES) - 1, int))
    motions: Int[np.ndarray, " bins"] = field(default_factory=lambda: np.zeros(len(MOTIONS) - 1, int))
    lengths: Int[np.ndarray, " bins"] = field(default_factory=lambda: np.zeros(len(LENGTHS) - 1, int))

    def add(self, row: Row) -> None:
        """Count a clip."""
        length = row.frames / row.fps
        self.clips += 1
        self.seconds += length
        self.splits[row.split] += 1
        self.labels.update(row.labels)
        self.licences[row.licence or f"waived by {row.exempt}"] += 1
        self.sources[row.source or "not said"] += 1
        self.objects[row.objects] += 1
        boxes = row.tracks()
        shown = boxes[~outside(boxes)]
        self.sizes += np.histogram(np.sqrt(np.prod(shown[:, 2:] - shown[:, :2], axis=1)), SIZES)[0]
        self.motions += np.histogram([row.motion], MOTIONS)[0]
        self.lengths += np.histogram([length], LENGTHS)[0]


def stats(rows: Iterable[Row]) -> Stats:
    """Of rows as they come."""
    counted = Stats()
    for row in rows:
        counted.add(row)
    return counted


def bars(counts: Int[np.ndarray, " bins"], *, edges: np.ndarray, width: int = 40) -> list[str]:
    """A histogram in signs, a line for each bin."""
    most = max(1, int(counts.max()))
    return [
        f"{low:>5g} to {high:<5g} {'█' * round(width * count / most):<{width}} {count}"
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    ]
