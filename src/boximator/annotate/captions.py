"""Stage "captions": the sentence of a video, given beside it or in a table; or none."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from boximator.scene.problem import Problem

LONGEST = 2000
"""Signs of a caption that are kept."""


@dataclass(frozen=True)
class Captions:
    """Sentences by video: by its whole path, or its name; else what stands in NAME.txt beside it."""

    table: dict[str, str] = field(default_factory=dict[str, str])
    beside: bool = True

    def of(self, video: Path) -> str:
        """A video's sentence; empty if nobody gave one."""
        told = self.table.get(video.as_posix(), self.table.get(video.name))
        if told is None and self.beside:
            text = video.with_suffix(".txt")
            told = text.read_text(encoding="utf-8", errors="replace") if text.is_file() else None
        return " ".join((told or "").split())[:LONGEST]


def read_captions(given: str) -> Captions:
    """ "none", "beside" (NAME.txt beside NAME.mp4), or the name of a CSV with the columns video and caption.

    Raises:
        Problem: no such file, or other columns.
    """
    if given in ("none", "beside"):
        return Captions(beside=given == "beside")
    try:
        with Path(given).open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(
            given=f"{given} cannot be read as captions ({error})",
            wanted="none, beside, or a CSV with the columns video and caption",
            fix="Correct --captions",
        ) from error
    if not {"video", "caption"} <= set(reader.fieldnames or ()):
        raise Problem(
            given=f"{given} has the columns {', '.join(reader.fieldnames or ())}",
            wanted="The columns video and caption",
            fix="Write a first line with these names",
        )
    return Captions(table={row["video"]: row["caption"] or "" for row in rows}, beside=False)
