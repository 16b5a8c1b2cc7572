"""From the verdicts on single clips to the numbers of an entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import numpy as np

from boximator.training.contest.judge import REGIONS, Sighting, Verdict

MOVED = 0.05
"""Frame widths from which a thing has moved."""


class Mean(TypedDict):
    """A mean over clips (or things), its standard error, and of how many it is; None where there are too few."""

    mean: float | None
    error: float | None
    n: int


class Tally(TypedDict):
    """The numbers of an entry.

    ``psnr``: dB by kind of frames and region; kinds are ``still`` (the first picture repeated: what doing nothing is
    worth), ``ceiling`` (drawn from the true state) and the noise times of guesses. ``still``: dB of samples'
    backgrounds against the first frame. ``found``: share of things that are found again at the end of a sample,
    ``moved`` of those that are found elsewhere. ``sharpness``: the found ones' gradient energy over the truth's
    (median), ``way``: how far they went in frame widths, ``way_distance``: the mean difference between the sorted ways
    of samples and truth. ``true_...``: the same of the true clips.
    """

    psnr: dict[str, dict[str, Mean]]
    still: Mean
    found: Mean
    true_found: Mean
    moved: Mean
    true_moved: Mean
    sharpness: Mean
    way: Mean
    true_way: Mean
    way_distance: float | None


def mean_of(values: Iterable[float | None]) -> Mean:
    """Of those that are not None."""
    known = np.array([value for value in values if value is not None], float)
    if not len(known):
        return {"mean": None, "error": None, "n": 0}
    error = round(float(known.std(ddof=1) / np.sqrt(len(known))), 4) if len(known) > 1 else None
    return {"mean": round(float(known.mean()), 4), "error": error, "n": len(known)}


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
        "moved": mean_of(float(one.there and one.way > MOVED) for one in sightings),
        "true_moved": mean_of(float(one.true_there and one.true_way > MOVED) for one in sightings),
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


def way_distance(ways: list[float], *, true: list[float]) -> float | None:
    """Earth mover's distance between two sets of lengths; None if one is empty."""
    if not ways or not true:
        return None
    shares = (np.arange(100) + 0.5) / 100
    return round(float(np.abs(np.quantile(ways, shares) - np.quantile(true, shares)).mean()), 4)
