"""Boxes of rendered world clips against exact truth: HOTA by trackeval, for the tracker alone and with the detector.

    pip install --no-deps --target JUDGE trackeval==1.3.0
    python scripts/measure_tracking.py --judge JUDGE

trackeval wants the OpenCV that has windows, which cannot stand beside the one used here; so it is no dependency, and
comes without its own. Clips are of the held-out split: 256 x 256 pixels, 16 frames, sprites over photographs. Truth is
the box of the whole thing (hidden parts included, cut at the frame) wherever the thing is in the frame. HOTA is
of all clips together; intervals are of resampled clips.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import typer

from boximator.annotate.accuracy import Boxes, overlaps, pairs
from boximator.annotate.cleaning import cleaned
from boximator.annotate.detection import Detection
from boximator.annotate.proposals import Finder
from boximator.annotate.tracking import Thread, tracked
from boximator.annotate.vocabulary import class_of
from boximator.evaluation.bootstrap import interval
from boximator.scene.box import outside
from boximator.world.clip import Clip
from boximator.world.make import make_clip

Row = dict[str, Any]
FIELDS = ("HOTA_TP", "HOTA_FN", "HOTA_FP", "LocA", "AssA")


def truth(clip: Clip, *, known: bool) -> list[Boxes]:
    """Per frame the boxes of things whose name is (``known``) or is not one of the detector's classes."""
    slots = [
        int(slot)
        for slot in np.flatnonzero(clip.present)
        if (class_of(clip.labels[slot]) is not None) == known
    ]
    return [_at(clip, frame, slots) for frame in range(len(clip.frames))]


def _at(clip: Clip, frame: int, slots: list[int]) -> Boxes:
    there = [slot for slot in slots if clip.inside[frame, slot]]
    return {int(slot): tuple(clip.boxes[frame, slot].tolist()) for slot in there}


def seen(
    known: list[Boxes], *, noise: float, misses: float, rng: np.random.Generator
) -> list[list[Detection]]:
    """The exact boxes as a detector would give them: edges off by ``noise`` of the side, some missed."""
    found: list[list[Detection]] = []
    for frame in known:
        found.append([])
        for box in frame.values():
            if rng.random() >= misses:
                x0, y0, x1, y1 = box
                off = rng.normal(0, noise, 4) * np.tile([x1 - x0, y1 - y0], 2)
                edges = (np.array(box) + off).clip(0, 1)
                low, high = np.minimum(edges[:2], edges[2:]), np.maximum(edges[:2], edges[2:])
                found[-1].append(Detection(box=(*low.tolist(), *high.tolist()), score=0.9, label="thing"))
    return found


def followed(threads: list[Thread], *, frames: int) -> list[Boxes]:
    """Per frame, thread number -> box, where the thing is in the frame."""
    return [
        {
            number: tuple(thread.boxes[frame].tolist())
            for number, thread in enumerate(threads)
            if not outside(thread.boxes[frame])
        }
        for frame in range(frames)
    ]


def judged(known: list[Boxes], found: list[Boxes], *, hota: Any) -> Row:
    """trackeval's numbers of one clip."""
    names = sorted({thing for frame in known for thing in frame})
    numbers = sorted({thing for frame in found for thing in frame})
    return hota.eval_sequence(
        {
            "num_timesteps": len(known),
            "gt_ids": [np.array([names.index(thing) for thing in frame], int) for frame in known],
            "tracker_ids": [np.array([numbers.index(thing) for thing in frame], int) for frame in found],
            "similarity_scores": [overlaps(*both) for both in zip(known, found, strict=True)],
            "num_gt_ids": len(names),
            "num_tracker_ids": len(numbers),
            "num_gt_dets": sum(map(len, known)),
            "num_tracker_dets": sum(map(len, found)),
        }
    )


def told(title: str, rows: list[Row], *, hota: Any, rng: np.random.Generator) -> str:
    """A line of the table."""

    def number(name: str, counts: np.ndarray) -> float:
        drawn = [row for row, count in zip(rows, counts, strict=True) for _ in range(count)]
        return float(np.mean(hota.combine_sequences({str(i): row for i, row in enumerate(drawn)})[name]))

    every = np.ones(len(rows), int)
    low, high = interval(lambda counts: number("HOTA", counts), clips=len(rows), rng=rng, resamples=200)
    things = int(sum(row["HOTA_TP"][0] + row["HOTA_FN"][0] for row in rows))
    rest = " | ".join(f"{number(name, every):.3f}" for name in ("DetA", "AssA", "LocA"))
    return (
        f"| {title} | {len(rows)} | {things} | {number('HOTA', every):.3f} ({low:.3f}..{high:.3f}) | {rest} |"
    )


def without(found: list[Boxes], others: list[Boxes]) -> list[Boxes]:
    """Found boxes that are not those of things which are not asked for: as MOT's judges do with distractors."""
    kept: list[Boxes] = []
    for here, there in zip(found, others, strict=True):
        ignored = set(pairs(there, here).values())
        kept.append({number: box for number, box in here.items() if number not in ignored})
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    sys.path.append(str(asked.judge))
    from trackeval.metrics import HOTA  # pyright: ignore

    hota = HOTA({"PRINT_CONFIG": False})
    rng = np.random.default_rng(asked.seed)
    typer.echo(
        "| boxes from | clips | true boxes | HOTA | DetA | AssA | LocA |\n|---|---|---|---|---|---|---|"
    )
    clips = [
        make_clip(asked.seed + n, split="heldout", size=(256, 256), blobs=False) for n in range(asked.clips)
    ]
    for noise, misses in ((0.0, 0.0), (0.05, 0.1), (0.1, 0.3)):
        rows: list[Row] = []
        for clip in clips:
            known: list[Boxes] = [
                {**a, **b} for a, b in zip(truth(clip, known=True), truth(clip, known=False), strict=True)
            ]
            threads = tracked(seen(known, noise=noise, misses=misses, rng=rng))
            rows.append(judged(known, followed(threads, frames=16), hota=hota))
        typer.echo(
            told(f"truth, edges off by {noise:.0%}, {misses:.0%} missed", rows, hota=hota, rng=rng),
        )
    finder = Finder.default(least=0.4)
    raw: list[Row] = []
    rows = []
    for clip in clips:
        known, others = truth(clip, known=True), truth(clip, known=False)
        if any(known):
            threads = tracked(finder.detector.detect(list(clip.frames), wanted=None))
            for table, kept in ((raw, threads), (rows, cleaned(threads, smallest=0.02))):
                found = without(followed(kept, frames=16), others)
                table.append(judged(known, found, hota=hota))
    typer.echo(told("SSDLite, tracked", raw, hota=hota, rng=rng))
    typer.echo(told("SSDLite, tracked and cleaned", rows, hota=hota, rng=rng))


if __name__ == "__main__":
    main()
