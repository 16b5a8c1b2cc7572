"""Stage "captions": the sentence of a video, given beside it or in a table; or none."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from boximator.annotate.detection import Frame
from boximator.scene.problem import Problem

FLORENCE = "florence-2:"

LONGEST = 2000
"""Signs of a caption that are kept."""


class Captioner(Protocol):
    """Says what a picture shows."""

    def caption(self, frame: Frame) -> str:
        """A sentence."""
        ...


def load_captioner(model: str) -> Captioner:
    """Florence-2 from a folder or hub id.

    Raises:
        Problem: it cannot be loaded.
    """
    from boximator.annotate.florence import load_florence

    return load_florence(model)


@dataclass(frozen=True)
class Captions:
    """Sentences by video: by its whole path, or its name; else what stands in NAME.txt beside it.

    ``model``: a folder or hub id of Florence-2, which says of each clip what its middle frame shows.
    """

    table: dict[str, str] = field(default_factory=dict[str, str])
    beside: bool = True
    model: str = ""

    def of(self, video: Path) -> str:
        """A video's sentence; empty if nobody gave one."""
        told = self.table.get(video.as_posix(), self.table.get(video.name))
        if told is None and self.beside:
            text = video.with_suffix(".txt")
            told = text.read_text(encoding="utf-8", errors="replace") if text.is_file() else None
        return " ".join((told or "").split())[:LONGEST]


def read_captions(given: str) -> Captions:
    """ "none", "beside" (NAME.txt beside NAME.mp4), "florence-2:NAME", or a CSV with the columns video and caption.

    Raises:
        Problem: no such file, or other columns.
    """
    if given in ("none", "beside"):
        return Captions(beside=given == "beside")
    if given.startswith(FLORENCE):
        return Captions(beside=False, model=given.removeprefix(FLORENCE))
    try:
        with Path(given).open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(
            given=f"{given} cannot be read as captions ({error})",
            wanted="none, beside, florence-2:FOLDER, or a CSV with the columns video and caption",
            fix="Correct --captions",
        ) from error
    if not {"video", "caption"} <= set(reader.fieldnames or ()):
        raise Problem(
            given=f"{given} has the columns {', '.join(reader.fieldnames or ())}",
            wanted="The columns video and caption",
            fix="Write a first line with these names",
        )
    return Captions(table={row["video"]: row["caption"] or "" for row in rows}, beside=False)
