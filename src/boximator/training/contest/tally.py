"""From the verdicts on single clips to the numbers of an entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import numpy as np

from boximator.training.contest.judge import REGIONS, Sighting, Verdict


class Mean(TypedDict):
    """A mean over clips (or things), its standard error, and of how many it is."""

    mean: float
    error: float
    n: int


class Tally(TypedDict):
    """The numbers of an entry.

    ``psnr``: dB by kind of frames (``ceiling``: drawn from the true state; noise times) and region. ``still``: dB of
    samples' backgrounds against the first frame. ``found``: share of things that are found again at the end of a
    sample, ``sharpness`` their gradient energy over the truth's (median), ``way`` how far they went in frame widths, and
    ``way_distance`` the mean difference between the sorted ways of samples and truth. ``true_...``: the same of the
    true clips.
    """

    psnr: dict[str, dict[str, Mean]]
    still: Mean
    found: Mean
    true_found: Mean
    sharpness: Mean
    way: Mean
    true_way: Mean
    way_distance: float


def mean_of(values: Iterable[float | None]) -> Mean:
    """Of those that are not None."""
    known = np.array([value for value in values if value is not None], float)
    if not len(known):
        return {"mean": float("nan"), "error": float("nan"), "n": 0}
    error = known.std(ddof=1) / np.sqrt(len(known)) if len(known) > 1 else float("nan")
    return {"mean": round(float(known.mean()), 4), "error": round(float(error), 4), "n": len(known)}


def tally(verdicts: list[Verdict]) -> Tally:
    """Means over clips; things are those of all clips together."""
    sightings = [one for verdict in verdicts for one in verdict.sightings]
    there = [one for one in sightings if one.there]
    truly = [one for one in sightings if one.true_there]
    return {
        "psnr": {
            kind: {name: mean_of(verdict.psnr[kind][name] for verdict in verdicts) for name in REGIONS}
            for kind in verdicts[0].psnr
        },
        "still": mean_of(verdict.still for verdict in verdicts),
        "found": mean_of(float(one.there) for one in sightings),
        "true_found": mean_of(float(one.true_there) for one in sightings),
        "sharpness": _sharpness([one for one in there if one.true_there]),
        "way": mean_of(one.way for one in there),
        "true_way": mean_of(one.true_way for one in truly),
        "way_distance": way_distance([one.way for one in there], true=[one.true_way for one in truly]),
    }


def _sharpness(sightings: list[Sighting]) -> Mean:
    """The median: a ratio has wild values."""
    ratios = [one.energy / max(one.true_energy, 1e-6) for one in sightings]
    found = mean_of(ratios)
    return {**found, "mean": round(float(np.median(ratios)), 4)} if ratios else found


def way_distance(ways: list[float], *, true: list[float]) -> float:
    """Earth mover's distance between two sets of lengths; NaN if one is empty."""
    if not ways or not true:
        return float("nan")
    shares = (np.arange(100) + 0.5) / 100
    return round(float(np.abs(np.quantile(ways, shares) - np.quantile(true, shares)).mean()), 4)
