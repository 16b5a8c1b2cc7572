"""One video through all stages: what a worker does, whichever executor it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from boximator.annotate.captions import LONGEST, Captioner, Captions, load_captioner
from boximator.annotate.cleaning import cleaned
from boximator.annotate.detection import Detection, Detector
from boximator.annotate.detectors import load_detector
from boximator.annotate.motion import motion
from boximator.annotate.parts import Made, write_part
from boximator.annotate.phrases import noun_phrases
from boximator.annotate.probe import checksum_of, probe
from boximator.annotate.settings import Settings
from boximator.annotate.shots import shots
from boximator.annotate.spans import Span, spans
from boximator.annotate.trackers import Tracker, load_tracker
from boximator.annotate.tracking import Thread
from boximator.annotate.vocabulary import class_of
from boximator.annotate.work import Done, Job
from boximator.data.dataset.record import Followed, Record, Split
from boximator.video.reader import VideoReader

WIDEST = 1280
"""Pixels of the longer edge that a detector sees at most: more costs memory and shows it nothing."""

Frames = UInt8[np.ndarray, "frames rows columns 3"]


@dataclass(eq=False)
class Annotator:
    """Holds detector, tracker and captioner, and takes videos one after another."""

    settings: Settings
    captions: Captions
    folder: Path
    detector: Detector = field(init=False)
    tracker: Tracker = field(init=False)
    captioner: Captioner | None = field(init=False)

    def __post_init__(self) -> None:
        self.detector = load_detector(self.settings.detector, least=self.settings.score)
        self.tracker = load_tracker(self.settings.tracker)
        self.captioner = load_captioner(self.captions.model) if self.captions.model else None

    def __call__(self, job: Job) -> Done:
        """Annotate a video.

        Raises:
            Problem: it cannot be used.
            OSError: its clips cannot be written.
        """
        wanted = self.settings
        path = Path(job.path)
        facts = probe(path, longest=wanted.longest, shortest=wanted.seconds)
        mark = checksum_of(path)
        dropped: Counter[str] = Counter()
        notes = list(facts.notes)
        clips = self._clips(job, mark=mark, dropped=dropped, notes=notes)
        part, rows = write_part(clips, folder=self.folder)
        return Done(sha256=mark, notes=tuple(notes), part=part, rows=rows, dropped=dict(dropped))

    def _clips(self, job: Job, *, mark: str, dropped: Counter[str], notes: list[str]) -> Iterator[Made]:
        path, wanted = Path(job.path), self.settings
        given = self.captions.of(path)
        with VideoReader(path) as video:
            whole = shots(video, shortest=wanted.seconds)
            if (last := whole[-1].stop) < len(video):
                notes.append(f"frame {last} of {len(video)} cannot be decoded: cut to the {last} before it")
            cuts = spans(whole, times=video.times, frames=wanted.frames, fps=wanted.fps, most=wanted.clips)
            for number, span in enumerate(cuts):
                ends = video.read([span.indices[0], span.indices[-1]])
                moved = motion(ends[0], ends[1])
                if moved < wanted.motion:
                    dropped["nothing moved"] += 1
                    continue
                frames = _read(video, span=span)
                caption = given or self._said(frames)
                phrases = self._phrases(caption)
                things = self.things(frames, phrases=phrases) if phrases != {} else []
                if not things and not wanted.boxless:
                    dropped["nothing was found"] += 1
                    continue
                yield self._made(
                    job, span=span, number=number, frames=frames, things=things, mark=mark, caption=caption,
                    motion=moved,
                )  # fmt: skip

    def _said(self, frames: Frames) -> str:
        """What the middle frame shows; empty where nobody says it."""
        return "" if self.captioner is None else self.captioner.caption(frames[len(frames) // 2])[:LONGEST]

    def _phrases(self, caption: str) -> dict[str, str] | None:
        """What to look for: the detector's name -> the phrase; None is all that it knows (no caption)."""
        if not caption:
            return None
        said = noun_phrases(caption)
        if self.detector.names is None:
            return {phrase: phrase for phrase in said}
        return {name: phrase for phrase in reversed(said) if (name := class_of(phrase)) is not None}

    def things(self, frames: Frames, *, phrases: dict[str, str] | None) -> list[Thread]:
        """Detect, track, clean: the things in a clip, named as the caption names them."""
        found: Sequence[Sequence[Detection]] = self.detector.detect(
            list(frames), wanted=None if phrases is None else tuple(phrases)
        )
        followed = self.tracker.things(found, frames=list(frames))
        things = cleaned(followed, smallest=self.settings.smallest)
        if phrases is None:
            return things
        return [
            Thread(
                label=phrases.get(one.label, one.label),
                score=one.score,
                boxes=one.boxes,
                seen=one.seen,
                lost=False,
            )
            for one in things
        ]

    def _made(
        self, job: Job, *, span: Span, number: int, frames: Frames, things: list[Thread], mark: str, caption: str,
        motion: float,
    ) -> Made:  # fmt: skip
        small = _sized(frames, side=self.settings.side)
        split: Split = "heldout" if int(mark[:8], 16) / 2**32 < self.settings.heldout else "train"
        record = Record(
            clip=f"{mark[:16]}-{number:05d}",
            video=mark,
            start=round(span.start, 6),
            split=split,
            frames=len(small),
            height=small.shape[1],
            width=small.shape[2],
            fps=self.settings.fps,
            caption=caption,
            motion=round(motion, 6),
            source=job.permission.source,
            licence=job.permission.licence,
            attribution=job.permission.attribution,
            exempt=job.permission.exempt,
            sha256="",
            tracks=tuple(_followed(thing, number=slot + 1) for slot, thing in enumerate(things)),
        )
        return Made(record=record, frames=small)


def _followed(thing: Thread, *, number: int) -> Followed:
    boxes = [tuple(round(float(edge), 6) for edge in box) for box in thing.boxes]
    return Followed(
        id=number,
        label=thing.label,
        score=round(thing.score, 4),
        boxes=[(x0, y0, x1, y1) for x0, y0, x1, y1 in boxes],
    )


def _read(video: VideoReader, *, span: Span) -> Frames:
    """The frames of a clip, each shrunk at once."""
    return np.stack([_shrunk(video[index]) for index in span.indices])


def _shrunk(frame: UInt8[np.ndarray, "rows columns 3"]) -> UInt8[np.ndarray, "rows columns 3"]:
    rows, columns = frame.shape[:2]
    scale = WIDEST / max(rows, columns)
    if scale >= 1:
        return frame
    return cv2.resize(
        frame, (round(columns * scale), round(rows * scale)), interpolation=cv2.INTER_AREA
    ).astype(np.uint8)


def _sized(frames: Frames, *, side: int) -> Frames:
    """With a shorter edge of ``side`` pixels or less, and even edges, as H.264 wants them: normalised boxes stay."""
    rows, columns = frames.shape[1:3]
    scale = min(1.0, side / min(rows, columns))
    size = [max(2, 2 * round(edge * scale / 2)) for edge in (columns, rows)]
    if size == [columns, rows]:
        return frames
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]).astype(
        np.uint8
    )
