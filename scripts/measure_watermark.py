#!/usr/bin/env python
"""Prints what the watermark survives, and how often it is seen where there is none.

Example: python scripts/measure_watermark.py --sides 128,256,512 --unmarked 20000 --searched 500
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from boximator.evaluation import photos
from boximator.provenance.label import labelled
from boximator.provenance.watermark.detect import Found, detect, detect_whole
from boximator.provenance.watermark.embed import embedded
from boximator.video.picture import read_picture
from boximator.video.reader import VideoReader
from boximator.video.writer import write_gif, write_video
from boximator.world.make import make_clip

PHOTOS = sorted((Path(photos.__file__).parent / "photos").glob("*.jpg"))
CLIPS_OF = 16


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def film(path: Path, *, side: int) -> np.ndarray:
    """16 frames of a photograph in which a part of it moves."""
    picture = read_picture(path)
    scale = side / min(picture.shape[:2])
    size = [max(side, round(length * scale / 2) * 2) for length in picture.shape[1::-1]]
    picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    out = np.repeat(picture[None], 16, axis=0)
    third = side // 3
    for index, frame in enumerate(out):
        left = round(side * (0.05 + 0.02 * index))
        frame[third : 2 * third, left : left + third] = picture[side // 4 : side // 4 + third][:, :third]
    return out


def coded(frames: np.ndarray, *, crf: int) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp4"
        write_video(frames, path, fps=8, crf=crf)
        with VideoReader(path) as video:
            return np.stack([video[index] for index in range(len(video))])


def as_gif(frames: np.ndarray) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gif"
        write_gif(frames, path, fps=8)
        with Image.open(path) as gif:
            out: list[np.ndarray] = []
            for index in range(len(frames)):
                gif.seek(index)
                out.append(np.asarray(gif.convert("RGB")))
    return np.stack(out)


def resized(frames: np.ndarray, factor: float) -> np.ndarray:
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.stack([cv2.resize(frame, None, fx=factor, fy=factor, interpolation=method) for frame in frames])


def cropped(frames: np.ndarray, share: float) -> np.ndarray:
    rows, columns = (int(length * share) // 2 * 2 for length in frames.shape[1:3])
    top, left = (frames.shape[1] - rows) // 3, (frames.shape[2] - columns) // 2
    return frames[:, top : top + rows, left : left + columns]


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "H.264 CRF 18 (as written)": lambda frames: coded(frames, crf=18),
    "H.264 CRF 23": lambda frames: coded(frames, crf=23),
    "H.264 CRF 28": lambda frames: coded(frames, crf=28),
    "H.264 CRF 35": lambda frames: coded(frames, crf=35),
    "half the size and back": lambda frames: resized(resized(coded(frames, crf=18), 0.5), 2.0),
    "crop to 80 %, CRF 23": lambda frames: coded(cropped(frames, 0.8), crf=23),
    "every other frame": lambda frames: coded(frames[::2], crf=18),
    "GIF": as_gif,
    "label on top": lambda frames: coded(labelled(frames), crf=18),
    "brighter (x 1.2 + 10)": lambda frames: np.clip(coded(frames, crf=18) * 1.2 + 10, 0, 255).astype(
        np.uint8
    ),
    "one frame, shown at 83 %": lambda frames: resized(coded(frames, crf=18)[7:8], 0.83),
}


def robustness(side: int, *, every: int) -> None:
    names = PHOTOS[::every]
    found: dict[str, list[Found]] = {name: [] for name in CHANGES}
    quality: list[float] = []
    for index, path in enumerate(names):
        plain = film(path, side=side)
        payload = int(np.random.default_rng(index).integers(0, 2**63))
        marked = embedded(plain, payload)
        quality.append(10 * np.log10(255**2 / np.mean((marked.astype(float) - plain) ** 2)))
        for name, change in CHANGES.items():
            answer = detect(change(marked))
            if answer.payload not in (None, payload):
                raise SystemExit(f"{path.name}, {name}: another number was read")
            found[name].append(answer)
    psnr = f"PSNR {np.mean(quality):.1f} dB (least {min(quality):.1f})"
    say(f"\nshort side {side}, n = {len(names)} clips of 16 frames, {psnr}")
    say(
        "| change | found | payload bits right where found | coded signs right where found |\n|---|---|---|---|"
    )
    for name, answers in found.items():
        there = [answer for answer in answers if answer.found]
        signs = f"{np.mean([answer.agreement for answer in there]):.3f}" if there else ""
        say(f"| {name} | {len(there)}/{len(answers)} | {'1.000' if there else ''} | {signs} |")


def unmarked(count: int) -> Iterator[np.ndarray]:
    """Cut-outs of photographs and frames of the world's clips, turned over by chance."""
    rng = np.random.default_rng(0)
    pictures = [read_picture(path, longest=640) for path in PHOTOS]
    clips = [make_clip(seed, split="train", size=(128, 128)).frames for seed in range(CLIPS_OF)]
    pictures += [clip[index] for clip in clips for index in (0, 8, 15)]
    for _ in range(count):
        picture = pictures[rng.integers(len(pictures))]
        side = int(rng.integers(96, min(picture.shape[:2]) + 1))
        top, left = (int(rng.integers(0, length - side + 1)) for length in picture.shape[:2])
        frame = picture[top : top + side, left : left + side]
        yield np.ascontiguousarray(frame[:, ::-1] if rng.random() < 0.5 else frame)[None]


def false_alarms(count: int, look: Callable[[np.ndarray], Found], *, words: str) -> None:
    answers = [look(frame) for frame in unmarked(count)]
    wrong = sum(answer.found for answer in answers)
    scores = [answer.score for answer in answers]
    say(f"\n{words}: {wrong} of {count} unmarked frames taken for marked; highest score {max(scores):.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sides", default="128,256,512")
    parser.add_argument("--every", type=int, default=3, help="take every n-th photograph")
    parser.add_argument("--unmarked", type=int, default=20000)
    parser.add_argument("--searched", type=int, default=500)
    asked = parser.parse_args()
    if asked.unmarked:
        false_alarms(asked.unmarked, detect_whole, words="nothing cut off")
    if asked.searched:
        false_alarms(asked.searched, detect, words="all scales")
    for side in filter(None, asked.sides.split(",")):
        robustness(int(side), every=asked.every)


if __name__ == "__main__":
    main()
