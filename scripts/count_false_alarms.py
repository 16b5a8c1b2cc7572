#!/usr/bin/env python
"""Counts how often the watermark is "found" in frames that have none; goes on where it was stopped.

Each frame is a cut-out of a photograph, a backdrop or a frame of the world's clips, chosen by its own number. It is
searched at all scales, or with --whole only as a frame of which nothing was cut off, which is quick. Beside the
alarms, of which there should be none, it counts how many bits of the checksum disagree at every place that was
tried: if chance alone is at work that is like tossing 32 coins, so that the rate of alarms can be told although none
was seen.

Example: nice -n 15 python scripts/count_false_alarms.py counts.json --frames 20000
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import sys
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

import boximator
from boximator.evaluation import photos
from boximator.provenance.watermark.code import Decoded
from boximator.provenance.watermark.detect import detect, detect_whole
from boximator.scene.atomic import appearing
from boximator.video.picture import read_picture
from boximator.world.make import make_clip

PHOTOS = sorted((Path(photos.__file__).parent / "photos").glob("*.jpg"))
BACKDROPS = Path(boximator.__file__).parent / "world/assets/backgrounds.tar"
CLIPS, SEED, KEPT_EVERY, BITS = 32, 0, 50, 32


def pictures() -> list[np.ndarray]:
    """What frames are cut from: photographs, every fourth backdrop, three frames of each of 32 clips of the world."""
    out = [read_picture(path) for path in PHOTOS]
    with tarfile.open(BACKDROPS) as archive:
        files = [archive.extractfile(member) for member in archive.getmembers()[::4] if member.isfile()]
        out += [np.asarray(Image.open(file).convert("RGB")) for file in files if file is not None]
    clips = (make_clip(seed, split="train", size=(192, 192)).frames for seed in range(CLIPS))
    return out + [clip[index] for clip in clips for index in (0, 8, 15)]


def frame(number: int, *, sources: list[np.ndarray]) -> np.ndarray:
    """The cut-out with that number: 96 to 640 pixels on a side, turned over in half the cases."""
    rng = np.random.default_rng([SEED, number])
    picture = sources[rng.integers(len(sources))]
    side = int(rng.integers(96, min(640, *picture.shape[:2]) + 1))
    top, left = (int(rng.integers(0, length - side + 1)) for length in picture.shape[:2])
    cut = picture[top : top + side, left : left + side]
    return np.ascontiguousarray(cut[:, ::-1] if rng.random() < 0.5 else cut)[None]


class Count:
    """The counts so far, as they lie in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        kept = json.loads(path.read_text()) if path.exists() else {}
        self.frames: int = kept.get("frames", 0)
        self.alarms: list[int] = kept.get("alarms", [])
        self.highest: float = kept.get("highest_score", 0.0)
        bits = {int(bits): count for bits, count in kept.get("differing_bits", {}).items()}
        self.differing: collections.Counter[int] = collections.Counter(bits)

    def look(self, number: int, *, sources: list[np.ndarray], whole: bool) -> None:
        search = detect_whole if whole else detect
        answer = search(frame(number, sources=sources), witness=self._read)
        self.highest = max(self.highest, answer.score)
        self.alarms += [number] if answer.found else []
        self.frames = number + 1

    def _read(self, said: Decoded) -> None:
        self.differing[said.differing] += 1

    def keep(self) -> None:
        content = {
            "frames": self.frames,
            "alarms": self.alarms,
            "highest_score": round(self.highest, 2),
            "places": self.differing.total(),
            "differing_bits": dict(sorted(self.differing.items())),
        }
        with appearing(self.path) as partial:
            partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def words(self) -> str:
        places, alarms = self.differing.total(), len(self.alarms)
        bound = f"95 % sure: below {3 / max(1, self.frames):.1e} a frame" if not alarms else "see the file"
        rows = [
            f"| {most} or fewer | {sum(self.differing[bits] for bits in range(most + 1))} "
            f"| {places * sum(math.comb(BITS, bits) for bits in range(most + 1)) / 2**BITS:.1f} |"
            for most in range(2, 17, 2)
        ]
        return "\n".join(
            [
                f"{alarms} alarms in {self.frames} unmarked frames ({bound}); {places} places tried;"
                f" highest score {self.highest:.1f}",
                "| bits of the checksum that disagree | places | 32 coins would give |\n|---|---|---|",
                *rows,
            ]
        )


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("counts", type=Path, help="the file that the counts are kept in")
    told.add_argument("--frames", type=int, default=20_000)
    told.add_argument("--whole", action="store_true", help="do not search for cut-outs")
    ask = told.parse_args()
    count = Count(ask.counts)
    sources = pictures() if count.frames < ask.frames else []
    for number in range(count.frames, ask.frames):
        count.look(number, sources=sources, whole=ask.whole)
        if number % KEPT_EVERY == KEPT_EVERY - 1 or number == ask.frames - 1:
            count.keep()
            sys.stderr.write(f"\r{number + 1} of {ask.frames}")
    sys.stdout.write(count.words() + "\n")


if __name__ == "__main__":
    main()
