"""100,000 videos through the real driver, ledger, shards and index: do memory and time per clip stay flat?

    nice python scripts/simulate_scale.py out/scale --videos 100000 --plot docs/media/scale.png

A video is a file of a few bytes with a row of its own in the table of licences and in the table of captions. Probe and
detector are made up: every video "has" one clip of 16 frames of 48 x 32 pixels (one of 64 films, encoded once) with two
things. All else is what `boximator annotate` does: finding files, licences, checksums, the ledger, parts, packing into
shards, the parquet index, the report. It is one process, so its memory is the driver's.

Stopped at any moment, the same command goes on. OUT/scale.jsonl gets a line for each 500 videos, OUT/summary.json
what the steps before and after took, and opening the dataset.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import typer
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from boximator.annotate.captions import read_captions
from boximator.annotate.probe import checksum_of
from boximator.annotate.run import Annotation, annotate
from boximator.annotate.work import Done, Job, Outcome, Work, attempted
from boximator.data.dataset.clips import Clips, checksum
from boximator.data.dataset.index import row_of
from boximator.data.dataset.licences import Permission, read_ledger
from boximator.data.dataset.record import Followed, Record, to_json
from boximator.data.dataset.shard_files import FILM, TOLD, write_tar
from boximator.video.writer import write_video

FILMS, FRAMES, EVERY = 64, 16, 500
COLUMNS = ("video", "source", "licence", "caption")


def resident() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def films() -> list[bytes]:
    """A square that wanders over a grey that differs."""
    made: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILMS):
            frames = np.full((FRAMES, 32, 48, 3), 60 + number, np.uint8)
            for index in range(FRAMES):
                frames[index, 8:20, 2 * index : 2 * index + 12] = (200, 40, 40)
            path = Path(folder) / "film.mp4"
            write_video(frames, path, fps=4)
            made.append(path.read_bytes())
    return made


@dataclass(frozen=True)
class MadeUp:
    """An executor whose worker decodes nothing and looks for nothing; see `boximator.annotate.work.Executor`."""

    films: list[bytes]
    table: Any

    def run(self, jobs: Iterator[Job], *, work: Work) -> Iterator[tuple[Job, Outcome]]:
        for job in jobs:
            yield job, attempted(lambda job: self._done(job, folder=work.folder), job)

    def _done(self, job: Job, *, folder: Path) -> Done:
        path = Path(job.path)
        mark = checksum_of(path)
        name = f"{mark[:32]}.tar"
        film = self.films[int(mark[:2], 16) % FILMS]
        record = self._record(mark, caption=self.table.of(path), permission=job.permission)
        record = replace(record, sha256=checksum(film))
        [place] = write_tar([(record.clip, {FILM: film, TOLD: to_json(record)})], folder / name)
        row = row_of(record, shard="", offset=place.offset, length=place.length)
        return Done(sha256=mark, part=name, rows=(row,))

    def _record(self, mark: str, *, caption: str, permission: Permission) -> Record:
        rng = np.random.default_rng(int(mark[:8], 16))
        corners = rng.uniform(0, 0.7, (2, FRAMES, 2))
        boxes = np.concatenate([corners, corners + 0.2], -1).round(6)
        tracks = tuple(
            Followed(
                id=slot + 1, label="thing", score=0.9, boxes=[tuple(box) for box in boxes[slot].tolist()]
            )
            for slot in range(2)
        )
        return Record(
            clip=f"{mark[:16]}-00000", video=mark, start=0.0, split="train", frames=FRAMES, height=32, width=48,
            fps=4.0, caption=caption, motion=0.1, source=permission.source, licence=permission.licence,
            attribution=permission.attribution, exempt="", sha256="", tracks=tracks,
        )  # fmt: skip


def make_videos(folder: Path, *, count: int) -> Path:
    """Files of a few bytes, a thousand to a folder, and the table of all; what is there stays."""
    table = folder / "films.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for number in range(count):
            path = folder / f"videos/{number // 1000:04d}/{number:07d}.mp4"
            if number % 1000 == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(f"video {number}", encoding="ascii")
            writer.writerow(
                [path.name, f"https://example.org/{number}", "CC0-1.0", f"a thing that goes, {number}"]
            )
    return table


class Course:
    """Takes what the driver tells of its progress: a line about every `EVERY` videos, and the bar."""

    def __init__(self, path: Path, *, videos: int, bar: Progress) -> None:
        self.stream = path.open("a", encoding="utf-8")
        self.videos, self.bar = videos, bar
        self.row = bar.add_task("videos", total=videos)
        self.began = self.last = -1
        self.marks = (time.perf_counter(), time.process_time())

    def __call__(self, ended: int, total: int, _clips: int) -> None:
        done = self.videos - total + ended
        self.bar.update(self.row, completed=done)
        now = (time.perf_counter(), time.process_time())
        if self.last < 0:
            self.began = self.last = done
            self.noted, self.marks = now, now
        elif done - self.last >= EVERY or (done == self.videos and done > self.last):
            wall, cpu = (
                1000 * (end - begin) / (done - self.last) for begin, end in zip(self.marks, now, strict=True)
            )
            line = {
                "videos": done,
                "wall_ms": round(wall, 3),
                "cpu_ms": round(cpu, 3),
                "mb": round(resident(), 1),
            }
            self.stream.write(json.dumps(line) + "\n")
            self.stream.flush()
            self.last, self.marks = done, now


def simulate(folder: Path, *, videos: int, per_shard: int) -> dict[str, Any]:
    """Make the videos, annotate them, open the dataset; gives what that took."""
    table = make_videos(folder, count=videos)
    captions = read_captions(str(table))
    licences = read_ledger(table, default=Permission())
    order = Annotation(
        given=(folder / "videos",),
        output=folder / "dataset",
        licences=licences,
        captions=captions,
        executor=MadeUp(films(), captions),
        per_shard=per_shard,
    )
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        course = Course(folder / "scale.jsonl", videos=videos, bar=bar)
        began = time.perf_counter()
        made = annotate(order, progress=course)
    ended = time.perf_counter()
    assert made.clips == videos, f"{made.clips} clips of {videos} videos"
    found = {
        "videos": videos,
        "shards": made.shards,
        "noting_s": course.noted[0] - began,
        "index_s": ended - course.marks[0],
        "bytes": {path.suffix[1:]: 0 for path in order.output.iterdir() if path.is_file()},
    }
    for path in order.output.iterdir():
        if path.is_file():
            found["bytes"][path.suffix[1:]] += path.stat().st_size
    return found | _read(order.output)


def _read(dataset: Path) -> dict[str, float]:
    """What opening it takes, and the checksum of its licences."""
    before, began = resident(), time.perf_counter()
    clips = Clips(str(dataset))
    opened, kept = time.perf_counter(), resident() - before
    mark = clips.mark
    assert mark
    return {"open_s": opened - began, "open_mb": kept, "mark_s": time.perf_counter() - opened}


def plot(rows: list[dict[str, float]], path: Path) -> None:
    """Memory, processor time and time on the clock over videos, each from zero."""
    panels = (
        ("mb", "memory of the driver, MB"),
        ("cpu_ms", "processor, ms a clip"),
        ("wall_ms", "clock, ms a clip"),
    )
    width, height = 900, 200
    sheet = Image.new("RGB", (width, height * len(panels)), "white")
    draw = ImageDraw.Draw(sheet)
    font, last = ImageFont.load_default(13), max(row["videos"] for row in rows)
    for number, (name, title) in enumerate(panels):
        top, low = number * height + 28, (number + 1) * height - 26
        most = 1.15 * float(np.quantile([row[name] for row in rows], 0.98))
        draw.text((70, top - 22), title, fill="#202020", font=font)
        for share in (0, 0.5, 1):
            at = low - share * (low - top)
            draw.line((70, at, width - 20, at), fill="#d8d8d8")
            draw.text((62, at), f"{share * most:.3g}", fill="#202020", font=font, anchor="rm")
            place, anchor = (70 + share * (width - 90), low + 12), "lmr"[round(2 * share)] + "m"
            draw.text(place, f"{share * last:.0f}", fill="#202020", font=font, anchor=anchor)
        points = [
            (70 + row["videos"] / last * (width - 90), low - min(1.0, row[name] / most) * (low - top))
            for row in rows
        ]
        draw.line(points, fill="#1f6fb4", width=2)
    sheet.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--videos", type=int, default=100_000)
    parser.add_argument("--per-shard", type=int, default=500)
    parser.add_argument("--plot", type=Path, help="PNG to draw at the end")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = simulate(asked.folder, videos=asked.videos, per_shard=asked.per_shard)
    (asked.folder / "summary.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    lines = (asked.folder / "scale.jsonl").read_text(encoding="utf-8").splitlines()
    if asked.plot:
        plot([json.loads(line) for line in lines], asked.plot)
    typer.echo(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
