"""Boxes found in real clips against boxes drawn by hand: recall, precision, switches of identity.

    python scripts/fetch_clips.py out/clips
    python scripts/measure_annotation.py out/clips --picture out/found.png

The 66 boxes are in docs/data/hand-boxes (MOTChallenge; frames are the video's own). A found box is right if its overlap
with a known one is at least 0.5, whatever it is called. Intervals are of resampled frames.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from boximator.annotate.accuracy import Boxes, Score, scored
from boximator.annotate.annotator import Annotator
from boximator.annotate.captions import Captions
from boximator.annotate.detection import Detection
from boximator.annotate.settings import Settings
from boximator.annotate.shots import shots
from boximator.annotate.spans import spans
from boximator.evaluation.bootstrap import interval
from boximator.scene.box import outside
from boximator.video.reader import VideoReader

HAND = Path(__file__).parents[1] / "docs/data/hand-boxes"
FILES = {"vtest": "vtest.avi", "cup": "cup.mp4", "box": "box.mp4", "bigbuckbunny": "bigbuckbunny.mp4"}
Frames = list[tuple[np.ndarray, Boxes, Boxes, Boxes]]
"""Of each frame with boxes by hand: its picture, these, those of single frames, and those that were kept."""

KINDS: tuple[tuple[str, Literal[2, 3]], ...] = (("single frames", 2), ("kept", 3))


def drawn(name: str, *, size: tuple[int, int]) -> dict[int, Boxes]:
    """Frame of the video -> the boxes by hand."""
    rows, columns = size
    found: dict[int, dict[int, tuple[float, float, float, float]]] = {}
    with (HAND / name / "gt/gt.txt").open(encoding="utf-8") as stream:
        for row in csv.reader(stream):
            frame, thing = int(row[0]) - 1, int(row[1])
            x, y, w, h = (float(value) for value in row[2:6])
            found.setdefault(frame, {})[thing] = (x / columns, y / rows, (x + w) / columns, (y + h) / rows)
    return dict(found)


def looked(path: Path, name: str, *, annotator: Annotator) -> Frames:
    """The clips of a video that have boxes by hand, annotated as `boximator annotate` does."""
    told: Frames = []
    with VideoReader(path) as video:
        known = drawn(name, size=video.size)
        wanted = annotator.settings
        cuts = spans(
            shots(video, shortest=wanted.seconds),
            times=video.times,
            frames=wanted.frames,
            fps=wanted.fps,
            most=0,
        )
        for number, span in enumerate(cuts):
            if not known.keys() & set(span.indices):
                continue
            frames = video.read(list(span.indices))
            single = annotator.detector.detect(list(frames), wanted=None)
            things = annotator.things(frames, phrases=None)
            for place, index in enumerate(span.indices):
                if index in known:
                    kept = {
                        1000 * number + which: tuple(thing.boxes[place].tolist())
                        for which, thing in enumerate(things)
                        if not outside(thing.boxes[place])
                    }
                    told.append((frames[place], known[index], numbered(single[place]), kept))
    return told


def numbered(found: list[Detection]) -> Boxes:
    """Detections of a frame, each under a number of its own."""
    return {number: one.box for number, one in enumerate(found)}


def line(title: str, scores: list[Score], *, tracked: bool, rng: np.random.Generator) -> str:
    """A row of the table."""

    def share(counts: np.ndarray, part: str) -> float:
        of = sum((one for one, count in zip(scores, counts, strict=True) for _ in range(count)), Score())
        return of.recall if part == "recall" else of.precision

    total = sum(scores, Score())
    cells = [title, str(len(scores)), str(total.known), str(total.found)]
    for part in ("recall", "precision"):
        low, high = interval(lambda counts, part=part: share(counts, part), clips=len(scores), rng=rng)
        cells.append(f"{share(np.ones(len(scores), int), part):.2f} ({low:.2f}..{high:.2f})")
    return f"| {' | '.join([*cells, str(total.switches) if tracked else ''])} |\n"


def picture(frames: Frames) -> np.ndarray:
    """Known boxes white, found ones red, two frames of each clip."""
    tiles: list[np.ndarray] = []
    for pixels, known, _, kept in frames:
        tile = cv2.resize(
            pixels, (480, round(480 * pixels.shape[0] / pixels.shape[1])), interpolation=cv2.INTER_AREA
        )
        for boxes, colour, width in ((known, (255, 255, 255), 3), (kept, (230, 30, 30), 2)):
            for box in boxes.values():
                x0, y0, x1, y1 = (np.array(box) * np.tile(tile.shape[1::-1], 2)).round().astype(int).tolist()
                cv2.rectangle(tile, (x0, y0), (x1, y1), colour, width)
        tiles.append(cv2.resize(tile, (240, 180), interpolation=cv2.INTER_AREA))
    return np.vstack([np.hstack(tiles[at : at + 4]) for at in range(0, len(tiles), 4)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--score", type=float, default=Settings().score)
    parser.add_argument("--picture", type=Path)
    parser.add_argument(
        "--plain", action="store_true", help="boxes on grey: the frames are not ours to publish"
    )
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    every: Frames = []
    shown: Frames = []
    with tempfile.TemporaryDirectory() as folder:
        annotator = Annotator(Settings(score=asked.score), Captions(beside=False), Path(folder))
        sys.stdout.write(
            "| clip | frames | by hand | found | recall | precision | switches |\n|---|---|---|---|---|---|---|\n"
        )
        for name, file in FILES.items():
            frames = looked(asked.folder / file, name, annotator=annotator)
            every += frames
            for pixels, *boxes in (frames[1], frames[-2]):
                shown.append(
                    (np.full_like(pixels, 96) if asked.plain else pixels, boxes[0], boxes[1], boxes[2])
                )
            for what, which in KINDS:
                scores = scored(
                    [one[1] for one in frames], found=[one[2] if which == 2 else one[3] for one in frames]
                )
                sys.stdout.write(line(f"{name}, {what}", scores, tracked=which == 3, rng=rng))
    for what, which in KINDS:
        scores = scored([one[1] for one in every], found=[one[2] if which == 2 else one[3] for one in every])
        sys.stdout.write(line(f"all, {what}", scores, tracked=False, rng=rng))
    if asked.picture:
        Image.fromarray(picture(shown)).save(asked.picture)


if __name__ == "__main__":
    main()
