"""Average precision as MS COCO defines it, of one detection for each object at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""Intersection over union from which a detection is right: 0.50, 0.55, ..., 0.95."""
_RECALLS = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, eq=False)
class Detections:
    """The objects of a set of clips, one entry each.

    Every object is a category of its own within its clip (its phrase), so a detection can only be right for its own
    target. ``asked`` says whether there is a target (the requested last box shows in the frame), ``detected``
    whether there is a detection, ``overlaps`` its intersection over union with the target, ``scores`` the rank.
    """

    asked: Bool[np.ndarray, " objects"]
    detected: Bool[np.ndarray, " objects"]
    overlaps: Float[np.ndarray, " objects"]
    scores: Float[np.ndarray, " objects"]


def average_precision(
    detections: Detections, *, threshold: float, counts: Int[np.ndarray, " objects"] | None = None
) -> float:
    """Area under the precision-recall curve at 101 recalls, detections of all objects pooled by score.

    ``counts`` is how often each object counts (for resampling), once by default. NaN where nothing is asked for.
    """
    counts = np.ones(len(detections.asked), int) if counts is None else counts
    targets = int(counts[detections.asked].sum())
    if targets == 0:
        return float("nan")
    order = np.argsort(-detections.scores, kind="stable")
    order = order[detections.detected[order]]
    right = detections.asked & (detections.overlaps >= threshold)
    hits = np.cumsum(np.where(right[order], counts[order], 0))
    misses = np.cumsum(np.where(right[order], 0, counts[order]))
    recall = hits / targets
    precision = hits / np.maximum(hits + misses, 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, _RECALLS, side="left")
    return float(np.append(envelope, 0.0)[at].mean())


def mean_average_precision(
    detections: Detections, *, counts: Int[np.ndarray, " objects"] | None = None
) -> float:
    """Mean over `THRESHOLDS`."""
    return float(np.mean([average_precision(detections, threshold=at, counts=counts) for at in THRESHOLDS]))
