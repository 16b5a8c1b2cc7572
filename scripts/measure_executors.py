"""How fast annotation is with 1 and 2 workers, in processes and on Ray, on the same videos in one run.

    boximator data fetch-detector
    python scripts/measure_executors.py

Videos are rendered: shots of the world's training split (256 x 256, 16 frames at 4 a second), each a clip; the default
detector looks at all of them. The ways take turns, so that what else the machine does falls on all alike. A time is of
the whole command but for Ray's own start, which is told apart: starting workers, loading detectors, writing shards.
That all made the same shards is checked. Where others use the machine too, look at the processor time: what the workers
used of it for a clip, loading included. If two use no more than one, they were kept waiting, not by each other.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boximator.annotate.detection import Detection, Detector, Frame
from boximator.annotate.detectors import load_detector
from boximator.annotate.executors.local import Local
from boximator.annotate.executors.ray_data import RayData, connected
from boximator.annotate.run import Annotation, annotate
from boximator.annotate.settings import Settings
from boximator.annotate.work import Executor
from boximator.data.dataset.licences import Ledger, Permission
from boximator.video.writer import write_video
from boximator.world.make import make_clip

WAYS: dict[str, tuple[Executor, int]] = {
    "local": (Local(workers=1), 1),
    "local, 2": (Local(workers=2), 2),
    "ray": (RayData(workers=1), 1),
    "ray, 2": (RayData(workers=2), 2),
}
MINE = Ledger(default=Permission(source="boximator world", licence="CC0-1.0"))


USED = "MEASURED_PROCESSOR_TIME"
"""Names a folder in which every worker notes the processor time that it has used."""


@dataclass(frozen=True)
class Watched:
    """A detector that notes it."""

    detector: Detector

    @property
    def names(self) -> tuple[str, ...] | None:
        return self.detector.names

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        found = self.detector.detect(frames, wanted=wanted)
        (Path(os.environ[USED]) / str(os.getpid())).write_text(str(time.process_time()), encoding="utf-8")
        return [list(one) for one in found]


def watched() -> Watched:
    return Watched(load_detector("ssdlite", least=Settings().score))


@dataclass(frozen=True)
class Took:
    """Seconds, processor time of all workers, clips, and a checksum of the shards."""

    seconds: float
    used: float
    clips: int
    mark: str


def rendered(folder: Path, *, videos: int, shots: int) -> None:
    """Videos of equal length."""
    for video in range(videos):
        seeds = range(video * shots, (video + 1) * shots)
        clips = [make_clip(seed, split="train", size=(256, 256), stride=4).frames for seed in seeds]
        write_video(np.concatenate(clips), folder / f"{video:03d}.mp4", fps=4.0)


def timed(given: Path, output: Path, *, executor: Executor) -> Took:
    """Annotate."""
    used = Path(os.environ[USED])
    for path in used.iterdir():
        path.unlink()
    settings = Settings(boxless=True, detector="python:measure_executors:watched")
    order = Annotation(given=(given,), output=output, settings=settings, licences=MINE, executor=executor)
    began = time.perf_counter()
    made = annotate(order, progress=lambda done, total, clips: None)
    seconds = time.perf_counter() - began
    mark = hashlib.sha256()
    for shard in sorted(output.glob("*.tar")):
        mark.update(shard.read_bytes())
    workers = sum(float(path.read_text(encoding="utf-8")) for path in used.iterdir())
    return Took(seconds, workers, made.clips, mark.hexdigest())


def line(*cells: object) -> None:
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--videos", type=int, default=24)
    parser.add_argument("--shots", type=int, default=4, help="of a video")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    every: dict[str, list[Took]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as place:
        given, used = Path(place) / "in", Path(place) / "used"
        given.mkdir()
        used.mkdir()
        here = str(Path(__file__).parent)
        os.environ |= {
            USED: str(used),
            "PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")]),
        }
        rendered(given, videos=asked.videos, shots=asked.shots)
        loads = [os.getloadavg()[0]]
        began = time.perf_counter()
        with connected(None, workers=2):
            start = time.perf_counter() - began
            for number in range(asked.rounds):
                for name, (executor, _) in WAYS.items():
                    every[name].append(timed(given, Path(place) / f"{number} {name}", executor=executor))
                    loads.append(os.getloadavg()[0])
    all_of_them = [took for some in every.values() for took in some]
    assert len({took.mark for took in all_of_them}) == 1, "the shards are not the same"
    told(every)
    sys.stdout.write(
        f"\n{asked.videos} videos, {all_of_them[0].clips} clips, {asked.rounds} rounds, {os.cpu_count()} cores, load "
        f"{min(loads):.1f} to {max(loads):.1f}; Ray's own start {start:.1f} s; all shards the same\n"
    )


def told(every: dict[str, list[Took]]) -> None:
    """The table: medians, and in brackets the least and the most."""
    line("executor", "workers", "seconds", "clips/s", "efficiency", "processor seconds a clip")
    line(*["---"] * 6)
    for name, (_, workers) in WAYS.items():
        kind = name.partition(",")[0]
        seconds = [took.seconds for took in every[name]]
        middle, alone = (statistics.median(took.seconds for took in every[one]) for one in (name, kind))
        clips = every[name][0].clips
        used = statistics.median(took.used / clips for took in every[name])
        span = f"{middle:.1f} ({min(seconds):.1f}..{max(seconds):.1f})"
        efficiency = f"{alone / (workers * middle):.2f}" if workers > 1 else ""
        line(kind, workers, span, f"{clips / middle:.2f}", efficiency, f"{used:.2f}")


if __name__ == "__main__":
    main()
