#!/usr/bin/env python
"""Prints what the watermark survives: in photographs in which a part moves, or in clips of real videos.

How often it is seen where there is none is counted by count_false_alarms.py.

Examples: python scripts/measure_watermark.py --sides 128,256,512

python scripts/measure_watermark.py --sides 256 --videos vtest.avi cup.mp4 --clips 2
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from boximator.evaluation import photos
from boximator.provenance.label import labelled
from boximator.provenance.watermark.detect import Found, detect
from boximator.provenance.watermark.embed import embedded
from boximator.video.picture import read_picture
from boximator.video.reader import VideoReader
from boximator.video.writer import write_gif, write_video

PHOTOS = sorted((Path(photos.__file__).parent / "photos").glob("*.jpg"))


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
    "CRF 18, then CRF 28": lambda frames: coded(coded(frames, crf=18), crf=28),
    "H.264 CRF 28": lambda frames: coded(frames, crf=28),
    "H.264 CRF 35": lambda frames: coded(frames, crf=35),
    "half the size and back": lambda frames: resized(resized(coded(frames, crf=18), 0.5), 2.0),
    "crop to 80 %, CRF 23": lambda frames: coded(cropped(frames, 0.8), crf=23),
    "every other frame (twice as fast)": lambda frames: coded(frames[::2], crf=18),
    "every frame twice, CRF 28": lambda frames: coded(np.repeat(frames, 2, axis=0), crf=28),
    "mirrored": lambda frames: coded(frames[:, :, ::-1], crf=23),
    "GIF": as_gif,
    "label on top": lambda frames: coded(labelled(frames), crf=18),
    "brighter (x 1.2 + 10)": lambda frames: np.clip(coded(frames, crf=18) * 1.2 + 10, 0, 255).astype(
        np.uint8
    ),
    "one frame, shown at 83 %": lambda frames: resized(coded(frames, crf=18)[7:8], 0.83),
}


def clips(video: Path, *, side: int, count: int) -> list[np.ndarray]:
    """Clips of 16 frames that follow each other, from places spread evenly over a video, in another size."""
    out: list[np.ndarray] = []
    with VideoReader(video) as reader:
        for part in range(count):
            start = round((len(reader) - 16) * (part + 0.5) / count)
            frames = np.stack([reader[index] for index in range(start, start + 16)])
            scale = side / min(frames.shape[1:3])
            size = [max(side, round(length * scale / 2) * 2) for length in frames.shape[2:0:-1]]
            out.append(np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]))
    return out


def robustness(films: list[np.ndarray], *, side: int) -> None:
    found: dict[str, list[Found]] = {name: [] for name in CHANGES}
    quality: list[float] = []
    for index, plain in enumerate(films):
        payload = int(np.random.default_rng(index).integers(0, 2**63))
        marked = embedded(plain, payload)
        quality.append(10 * np.log10(255**2 / np.mean((marked.astype(float) - plain) ** 2)))
        for name, change in CHANGES.items():
            answer = detect(change(marked))
            if answer.payload not in (None, payload):
                raise SystemExit(f"clip {index}, {name}: another number was read")
            found[name].append(answer)
    psnr = f"PSNR {np.mean(quality):.1f} dB (least {min(quality):.1f})"
    say(f"\nshort side {side}, n = {len(films)} clips of 16 frames, {psnr}")
    say(
        "| change | found | payload bits right where found | coded signs right where found |\n|---|---|---|---|"
    )
    for name, answers in found.items():
        there = [answer for answer in answers if answer.found]
        signs = f"{np.mean([answer.agreement for answer in there]):.3f}" if there else ""
        say(f"| {name} | {len(there)}/{len(answers)} | {'1.000' if there else ''} | {signs} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sides", default="128,256,512")
    parser.add_argument("--every", type=int, default=3, help="take every n-th photograph")
    parser.add_argument("--videos", type=Path, nargs="*", default=[], help="take clips of these instead")
    parser.add_argument("--clips", type=int, default=2, help="of each video")
    asked = parser.parse_args()
    for side in map(int, asked.sides.split(",")):
        films = [clip for video in asked.videos for clip in clips(video, side=side, count=asked.clips)]
        robustness(films or [film(path, side=side) for path in PHOTOS[:: asked.every]], side=side)


if __name__ == "__main__":
    main()
