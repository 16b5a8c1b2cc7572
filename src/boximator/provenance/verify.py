"""Any file -> which marks it carries, and what that means; never more than the evidence."""

from __future__ import annotations

import enum
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.provenance.label import Seen, find_label
from boximator.provenance.marks import LAYERS
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
        """Changed if a mark says so; intact if each layer is there, or left out by the signed record; else missing.

        Without a signature nothing says that a file is intact, whether or not it was left out on purpose.
        """
        if self.changed:
            return Verdict.CHANGED
        return Verdict.INTACT if not self.lacking else Verdict.MISSING

    @property
    def found(self) -> tuple[str, ...]:
        """The layers that are there."""
        return tuple(name for name in LAYERS if getattr(self, name).found)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The layers that the maker left out, as the signed record says."""
        if not self.signature.valid or self.signature.generation is None:
            return ()
        marks: dict[str, Any] = self.signature.generation.get("marks") or {}
        off = list(marks.get("turned_off") or ())
        off += [] if marks.get("watermark_room", True) else ["watermark"]
        return tuple(name for name in LAYERS if name in off and name not in self.found)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The layers that are neither there nor left out by the signed record."""
        return tuple(name for name in LAYERS if name not in self.found and name not in self.left_out)

    def content(self) -> dict[str, Any]:
        """The JSON that other programs read."""
        payload = self.watermark.payload
        watermark = {
            "found": self.watermark.found,
            "by": self.watermark.by if self.watermark.found else None,
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
        layers = {name: layer | {"left_out": name in self.left_out} for name, layer in layers.items()}
        return {"file": self.file, "layers": layers, "words": " ".join(self.sentences())}

    def sentences(self) -> list[str]:
        """One for each layer, and what they mean together."""
        from boximator.provenance.wording import sentences

        return sentences(self)


def verify(path: Path, *, videoseal: Path | None = None) -> Answer:
    """Read all four layers of a file; ``videoseal``: also look for a watermark of the network in that file.

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
    if not watermark.found and videoseal is not None:
        watermark = _sealed(frames, network=videoseal) or watermark
    return Answer(
        file=str(path),
        label=find_label(frames),
        watermark=watermark,
        metadata=read_metadata(path),
        signature=signature,
    )


def verify_bytes(data: bytes, *, name: str) -> Answer:
    """Read all four layers of a file that was handed over, as by a browser; only the ending of ``name`` matters.

    ``Answer.content()`` is what a page or another program shows.

    Raises:
        Problem: neither a picture nor a video.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{Path(name).suffix.lower()}"
        path.write_bytes(data)
        try:
            return replace(verify(path), file=name)
        except Problem as problem:
            said = (words.replace(str(path), name) for words in (problem.given, problem.wanted, problem.fix))
            raise Problem(**dict(zip(("given", "wanted", "fix"), said, strict=True))) from problem


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


def _sealed(frames: UInt8[np.ndarray, "frames rows columns 3"], *, network: Path) -> Found | None:
    from boximator.provenance.watermark.videoseal import VideoSeal

    payload = VideoSeal(network).detect(frames)
    if payload is None:
        return None
    return Found(payload=payload, score=0.0, scale=1.0, agreement=1.0, by="videoseal")


def _one_by_one(frames: UInt8[np.ndarray, "frames rows columns 3"], whole: Found) -> Found:
    """The first and the middle frame by themselves: a sheet or a cut may hold the mark in a part of the frames only."""
    for index in (0, len(frames) // 2):
        found = detect(frames[index : index + 1])
        if found.found:
            return replace(found, score=max(found.score, whole.score))
    return whole
