"""Any file -> which marks it carries, and what that means; never more than the evidence."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.provenance.label import Seen, find_label
from boximator.provenance.metadata import Metadata, read_metadata
from boximator.provenance.signature import Signed, read_signature
from boximator.provenance.watermark.detect import Found, detect
from boximator.scene.problem import Problem
from boximator.video.picture import open_picture
from boximator.video.reader import VideoReader

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".avif")
MOST_FRAMES = 16


class Verdict(enum.IntEnum):
    """The exit codes of `boximator verify`."""

    INTACT = 0
    MISSING = 4
    CHANGED = 5


@dataclass(frozen=True)
class Answer:
    """All four layers of a file, and the sentences that follow from them."""

    file: str
    label: Seen
    watermark: Found
    metadata: Metadata
    signature: Signed

    @property
    def changed(self) -> bool:
        """Whether a mark says that the file is not what it was: a broken signature, or one over another watermark."""
        return (self.signature.found and not self.signature.valid) or self._disagree

    @property
    def _disagree(self) -> bool:
        bound = bound_watermark(self.signature)
        return bound is not None and self.watermark.payload is not None and bound != self.watermark.payload

    @property
    def verdict(self) -> Verdict:
        """Changed if a mark says so; intact if all four layers are there; else something is missing."""
        if self.changed:
            return Verdict.CHANGED
        layers = self.label.found, self.watermark.found, self.metadata.found, self.signature.found
        return Verdict.INTACT if all(layers) else Verdict.MISSING

    def content(self) -> dict[str, Any]:
        """The JSON that other programs read."""
        payload = self.watermark.payload
        watermark = {
            "found": self.watermark.found,
            "payload": None if payload is None else f"{payload:016x}",
            "score": round(self.watermark.score, 2),
            "agreement": round(self.watermark.agreement, 3),
        }
        label = asdict(self.label) | {"score": round(self.label.score, 3)}
        layers = {
            "label": label,
            "watermark": watermark,
            "metadata": asdict(self.metadata),
            "signature": asdict(self.signature),
        }
        return {"file": self.file, "layers": layers, "words": " ".join(self.sentences())}

    def sentences(self) -> list[str]:
        """One for each layer, and what they mean together."""
        from boximator.provenance.wording import sentences

        return sentences(self)


def verify(path: Path) -> Answer:
    """Read all four layers of a file.

    Raises:
        Problem: no such file, or neither a picture nor a video.
    """
    if not path.is_file():
        raise Problem(
            given=f"There is no file at {path}", wanted="A video or a picture", fix="Correct the name"
        )
    frames = some_frames(path)
    signature = read_signature(path)
    watermark = detect(frames)
    if not watermark.found and len(frames) > 1:
        watermark = _one_by_one(frames, watermark)
    return Answer(
        file=str(path),
        label=find_label(frames),
        watermark=watermark,
        metadata=read_metadata(path),
        signature=signature,
    )


def some_frames(path: Path) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """A picture, or up to 16 frames of a video or an animation, evenly spread."""
    if path.suffix.lower() in PICTURES:
        return open_picture(path).pixels[None]
    if path.suffix.lower() == ".gif":
        return _of_gif(path)
    with VideoReader(path) as video:
        return np.stack([video[index] for index in _spread(len(video))])


def bound_watermark(signature: Signed) -> int | None:
    """The watermark that the manifest says the file has."""
    value = signature.watermark
    return None if value is None else int(value, 16)


def _of_gif(path: Path) -> UInt8[np.ndarray, "frames rows columns 3"]:
    first = open_picture(path).pixels  # says in words what is wrong with a damaged file
    with Image.open(path) as gif:
        frames: list[np.ndarray] = []
        for index in _spread(getattr(gif, "n_frames", 1)):
            gif.seek(index)
            frames.append(np.asarray(gif.convert("RGB")))
    return np.stack(frames) if frames else first[None]


def _spread(count: int) -> list[int]:
    return sorted({round(index) for index in np.linspace(0, count - 1, min(count, MOST_FRAMES))})


def _one_by_one(frames: UInt8[np.ndarray, "frames rows columns 3"], whole: Found) -> Found:
    """The first and the middle frame by themselves: a sheet or a cut may hold the mark in a part of the frames only."""
    for index in (0, len(frames) // 2):
        found = detect(frames[index : index + 1])
        if found.found:
            return replace(found, score=max(found.score, whole.score))
    return whole
