"""Rows of clips -> the numbers of a condition, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from boximator.evaluation.bootstrap import Metric, interval
from boximator.evaluation.precision import Detections, average_precision, mean_average_precision
from boximator.evaluation.rows import ClipRow

SHOWN = 0.25
"""Share of an object that must show for an observer to be blamed for not seeing it."""


@dataclass(frozen=True, eq=False)
class Pool:
    """The rows of one condition as arrays; ``clip`` says which clip each object is of."""

    rows: list[ClipRow]
    clip: Int[np.ndarray, " objects"]
    detections: Detections


def pooled(rows: list[ClipRow]) -> Pool:
    """Put all objects of all clips side by side."""
    objects = [item for row in rows for item in row.objects]
    return Pool(
        rows=rows,
        clip=np.repeat(np.arange(len(rows)), [len(row.objects) for row in rows]),
        detections=Detections(
            asked=np.array([item.asked for item in objects], bool),
            detected=np.array([item.detected for item in objects], bool),
            overlaps=np.array([item.overlap for item in objects], float),
            scores=np.array([item.score for item in objects], float),
        ),
    )


def _ratio(tops: Sequence[float], bottoms: Sequence[float]) -> Metric:
    """Sum over clips of the first over the sum of the second: a mean over objects or frames, not over clips."""
    above, below = np.asarray(tops, float), np.asarray(bottoms, float)

    def metric(counts: np.ndarray) -> float:
        total = float(counts @ below)
        return float(counts @ above) / total if total else float("nan")

    return metric


def metrics(pool: Pool) -> dict[str, Metric]:
    """Every number of the report as a function of how often each clip counts."""
    rows, found = pool.rows, pool.detections
    hard = [[value for item in row.objects for value in item.hard] for row in rows]
    still = [row.background for row in rows]
    return {
        "map": lambda counts: mean_average_precision(found, counts=counts[pool.clip]),
        "ap50": lambda counts: average_precision(found, threshold=0.5, counts=counts[pool.clip]),
        "ap75": lambda counts: average_precision(found, threshold=0.75, counts=counts[pool.clip]),
        "hard_iou": _ratio([sum(values) for values in hard], [len(values) for values in hard]),
        "soft_inside": _ratio(
            [sum(item.soft_inside for item in row.objects) for row in rows],
            [sum(item.soft for item in row.objects) for row in rows],
        ),
        "coverage": _ratio(
            [sum(item.covered for item in row.objects) for row in rows], [len(row.objects) for row in rows]
        ),
        "bg_psnr": _ratio([value or 0.0 for value in still], [value is not None for value in still]),
        "trace_leak": _ratio([row.traced for row in rows], [row.frames for row in rows]),
    }


def truth_metrics(rows: list[ClipRow]) -> dict[str, Metric]:
    """The observer's own error, on true clips.

    ``iou`` is the mean overlap with the true box over all frames in which the object is inside, even those where it
    stands wholly behind another; ``iou_shown`` over those where at least a quarter of it shows; ``found`` the share
    of the latter in which it has a box.
    """
    frames = [[value for item in row.objects for value in item.truth] for row in rows]
    shares = [[value for item in row.objects for value in item.shown] for row in rows]
    shown = [
        [value for value, share in zip(values, parts, strict=True) if share >= SHOWN]
        for values, parts in zip(frames, shares, strict=True)
    ]
    sizes, seen = [len(values) for values in frames], [len(values) for values in shown]
    return {
        "iou": _ratio([sum(values) for values in frames], sizes),
        "iou_shown": _ratio([sum(values) for values in shown], seen),
        "found": _ratio([sum(value > 0 for value in values) for values in shown], seen),
    }


def tally(rows: list[ClipRow], *, seed: int = 0, truth: bool = False) -> dict[str, object]:
    """All numbers and, under "ci", their 95% intervals over clips; None where nothing could be measured."""
    chosen = {**(truth_metrics(rows) if truth else {}), **metrics(pooled(rows))}
    return with_intervals(chosen, clips=len(rows), seed=seed)


def mean_tally(values: dict[str, list[float]], *, seed: int = 0) -> dict[str, object]:
    """The same for plain numbers, one for each clip."""
    clips = len(next(iter(values.values())))
    return with_intervals(
        {name: _ratio(row, [1.0] * clips) for name, row in values.items()}, clips=clips, seed=seed
    )


def with_intervals(chosen: dict[str, Metric], *, clips: int, seed: int) -> dict[str, object]:
    """Each metric of all clips and, under "ci", its 95% interval over clips; None where there is nothing to measure."""
    every = np.ones(clips, int)
    numbers = {name: _plain(metric(every)) for name, metric in chosen.items()}
    spans = {
        name: [_plain(end) for end in interval(metric, clips=clips, rng=np.random.default_rng(seed))]
        for name, metric in chosen.items()
    }
    return {**numbers, "ci": spans}


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
