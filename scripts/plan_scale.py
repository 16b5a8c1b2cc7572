"""The arithmetic of docs/scale.md: what a dataset of WebVid-10M's size would take on 8 and on 64 GPUs.

    python scripts/plan_scale.py --measure FILM    # seconds of one core for each stage, on a film of 18 s made of FILM
    python scripts/plan_scale.py                   # the tables

All numbers that go in stand in `MEASURED` and `ASSUMED`; change them, and the tables change.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

MEASURED = {
    "probe": 0.035,
    "decode": 0.566,
    "shots": 0.288,
    "motion": 0.001,
    "read": 0.046,
    "detect": 0.964,
    "track": 0.033,
    "write": 0.115,
    "clip_kb": 154.4,
    "index_kb": 2.1,
    "ledger_kb": 2.44,
    "driver_ms": 3.6,
    "open_s": 3.77 / 100_000,
    "open_kb": 39.7 * 1024 / 100_000,
    "mark_s": 4.71 / 100_000,
}
"""Seconds of one core for each stage (`--measure`), and what the simulation of 100,000 videos gave, for a clip."""

ASSUMED = {
    "videos": 10_700_000,
    "kept": 1.1 / 10.7,
    "cores_a_gpu": 16,
    "gpu_frames_a_second": 40.0,
    "read_mb_a_second_and_gpu": 125.0,
    "video_mb": 3.0,
    "gpu_days_between_failures": 2000.0,
    "taken_away_an_hour": 0.05,
    "bad_videos": 0.001,
}
"""Not measured here: size of WebVid-10M and kept share are the paper's, the rest are guesses to be replaced."""


def seconds_of(call: Callable[[], object]) -> float:
    """Of this process on a core."""
    began = time.process_time()
    call()
    return time.process_time() - began


def measure(film: Path) -> dict[str, float]:
    """Each stage on 18 seconds of 596 x 336 at 25 frames a second."""
    import cv2
    import numpy as np
    import torch

    from boximator.annotate.cleaning import cleaned
    from boximator.annotate.detectors import load_detector
    from boximator.annotate.motion import motion
    from boximator.annotate.probe import checksum_of, probe
    from boximator.annotate.shots import shots
    from boximator.annotate.spans import spans
    from boximator.annotate.tracking import tracked
    from boximator.video.reader import VideoReader
    from boximator.video.writer import write_video

    torch.set_num_threads(1)
    cv2.setNumThreads(0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        with VideoReader(film) as source:
            stride = max(1, round(source.fps / 25))
            wanted = [min(index * stride, len(source) - 1) for index in range(450)]
            frames = np.stack([cv2.resize(source[index], (596, 336)) for index in wanted])
        write_video(frames, path, fps=25, crf=23)
        found = {"film_mb": path.stat().st_size / 2**20}
        found["probe"] = seconds_of(lambda: (probe(path, longest=7200, shortest=4), checksum_of(path)))
        with VideoReader(path) as video:
            found["decode"] = seconds_of(lambda: [video[index] for index in range(len(video))])
        with VideoReader(path) as video:
            found["shots"] = seconds_of(lambda: shots(video, shortest=4)) - found["decode"]
            [span, *_] = spans([range(len(video))], times=video.times, frames=16, fps=4, most=0)
            ends = video.read([span.indices[0], span.indices[-1]])
            found["motion"] = seconds_of(lambda: motion(ends[0], ends[1]))
            found["read"] = seconds_of(lambda: video.read(span.indices))
            clip = video.read(span.indices)
    detector = load_detector("ssdlite", least=0.4)
    detector.detect(list(clip[:1]), wanted=None)
    found["detect"] = seconds_of(lambda: detector.detect(list(clip), wanted=None))
    seen = detector.detect(list(clip), wanted=None)
    tracked(seen)  # loads what it needs
    found["track"] = seconds_of(lambda: cleaned(tracked(seen), smallest=0.02))
    small = np.stack([cv2.resize(frame, (454, 256), interpolation=cv2.INTER_AREA) for frame in clip])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "clip.mp4"
        found["write"] = seconds_of(lambda: write_video(small, target, fps=4))
        found["clip_kb"] = target.stat().st_size / 1024
    return {name: round(value, 4) for name, value in found.items()}


def plan(gpus: int, *, clips: int, on_gpu: bool) -> dict[str, str]:
    """A row of the table: so many clips of each video are looked at."""
    cost, guess = MEASURED, ASSUMED
    videos, cores = guess["videos"], gpus * guess["cores_a_gpu"]
    spans, kept = videos * clips, videos * clips * guess["kept"]
    all_videos = videos * (cost["probe"] + cost["decode"] + cost["shots"])
    all_clips = spans * (cost["motion"] + cost["read"])
    kept_ones = kept * (cost["read"] + cost["track"] + cost["write"] + (0 if on_gpu else cost["detect"]))
    core_hours = (all_videos + all_clips + kept_ones) / 3600
    gpu_hours = kept * 16 / guess["gpu_frames_a_second"] / 3600 if on_gpu else 0.0
    reading = videos * guess["video_mb"] / (gpus * guess["read_mb_a_second_and_gpu"]) / 3600
    hours = max(core_hours / cores, gpu_hours / gpus, reading)
    taken = max(1, gpus / 8) * guess["taken_away_an_hour"] * 24
    return {
        "GPUs": f"{gpus}",
        "clips of a video": f"{clips}",
        "detector": "on GPUs" if on_gpu else "SSDLite, on CPUs",
        "kept": f"{kept / 1e6:.1f} M",
        "core hours": f"{core_hours:.0f}",
        "GPU hours": f"{gpu_hours:.0f}",
        "h: cores": f"{core_hours / cores:.1f}",
        "h: GPUs": f"{gpu_hours / gpus:.1f}",
        "h: reading": f"{reading:.1f}",
        "wall h": f"{hours:.1f}",
        "shards GB": f"{kept * cost['clip_kb'] / 2**20:.0f}",
        "index GB": f"{kept * cost['index_kb'] / 2**20:.1f}",
        "ledgers GB": f"{videos * cost['ledger_kb'] / 2**20:.0f}",
        "driver h, a slice a machine": f"{videos * cost['driver_ms'] / 3.6e6 / (gpus / 8):.1f}",
        "opening s, GB": f"{kept * cost['open_s']:.0f}, {kept * cost['open_kb'] / 2**20:.1f}",
        "checksum s": f"{kept * cost['mark_s']:.0f}",
        "failures a day": f"{gpus / guess['gpu_days_between_failures']:.3f}",
        "machines taken away a day": f"{taken:.1f}",
        "videos quarantined": f"{videos * guess['bad_videos']:.0f}",
    }


def table() -> str:
    """As Markdown, a column a plan."""
    rows = [
        plan(gpus, clips=clips, on_gpu=how)
        for clips, how in ((1, False), (1, True), (4, True))
        for gpus in (8, 64)
    ]
    lines = ["| " + " | ".join([name, *(row[name] for row in rows)]) + " |" for name in rows[0]]
    return "\n".join([lines[0], "|---" * (len(rows) + 1) + "|", *lines[1:]])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measure", type=Path)
    asked = parser.parse_args()
    told = json.dumps(measure(asked.measure), indent=2) if asked.measure else table()
    sys.stdout.write(told + "\n")


if __name__ == "__main__":
    main()
