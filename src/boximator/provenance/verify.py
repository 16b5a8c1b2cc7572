"""Any file -> which marks it carries, and what that means; never more than the evidence."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from boximator.provenance.form import traced
from boximator.provenance.frames import some_frames
from boximator.provenance.kind import kind_of, nearly
from boximator.provenance.label import Seen, find_label
from boximator.provenance.manifest import Signed, read_signature
from boximator.provenance.marks import LAYERS
from boximator.provenance.metadata import Metadata, read_metadata
from boximator.provenance.watermark.detect import Found, detect
from boximator.scene.problem import Problem

NOT_SEEN = Seen(found=False, text=None, score=0.0, box=None)
NOT_FOUND = Found(payload=None, score=0.0, scale=1.0, agreement=0.0)
IN_PICTURES = ("label", "watermark")
"""Layers that are in the pictures and not beside them."""


class Verdict(enum.IntEnum):
    """The exit codes of `boximator verify`."""

    INTACT = 0
    MISSING = 4
    CHANGED = 5


@dataclass(frozen=True)
class Answer:
    """All four layers of a file, and the sentences that follow from them.

    ``undecoded``: why the pictures in it could not be looked at; label and watermark were not looked for then.
    """

    file: str
    signature: Signed
    metadata: Metadata
    label: Seen = NOT_SEEN
    watermark: Found = NOT_FOUND
    undecoded: str | None = None

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
        marks = self.signature.generation.get("marks")
        if not isinstance(marks, dict):
            return ()
        off = [name for name in LAYERS if name in str(marks.get("turned_off"))]
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
        layers: dict[str, dict[str, Any]] = {
            "label": label,
            "watermark": watermark,
            "metadata": asdict(self.metadata),
            "signature": asdict(self.signature),
        }
        for name, layer in layers.items():
            layer["looked_for"] = self.undecoded is None or name not in IN_PICTURES
            layer["left_out"] = name in self.left_out
        return {"file": self.file, "layers": layers, "words": " ".join(self.sentences())}

    def sentences(self) -> list[str]:
        """One for each layer, and what they mean together."""
        from boximator.provenance.wording import sentences

        return sentences(self)


def verify(path: Path, *, videoseal: Path | None = None) -> Answer:
    """Read all four layers of a file, whatever it is called; ``videoseal``: also look for a watermark of that network.

    Raises:
        Problem: nothing that can be read there, neither a picture nor a video, or one that cannot be decoded and bears
            no mark of ours.
    """
    called = str(path).encode(errors="backslashreplace").decode()  # a file's name need not be text
    return _looked(_content(path), called=called, path=path, videoseal=videoseal)


def verify_bytes(data: bytes, *, name: str, most: int | None = None) -> Answer:
    """Read all four layers of a file that was handed over, as by a browser; ``name`` is what it is called, no more.

    ``Answer.content()`` is what a page or another program shows. ``most``: how many pixels a frame may have.

    Raises:
        Problem: neither a picture nor a video, or one that cannot be decoded and bears no mark of ours
            (`boximator.provenance.frames.TooLarge`: because it has too many pixels).
    """
    return _looked(data, called=name, most=most)


def _looked(
    data: bytes,
    *,
    called: str,
    path: Path | None = None,
    videoseal: Path | None = None,
    most: int | None = None,
) -> Answer:
    """The signature comes first: a changed file may be one that cannot be decoded any more."""
    kind = kind_of(data) or (nearly(data) if traced(data) else None)
    if kind is None:
        raise _no_kind(data, called=called)
    signature, metadata = read_signature(data, kind=kind), read_metadata(data)
    answer = Answer(file=called, signature=signature, metadata=metadata)
    try:
        frames = some_frames(data, kind=kind, called=called, path=path, most=most)
    except Problem as problem:
        if signature.found or metadata.ours:
            return replace(answer, undecoded=problem.given)
        raise
    return replace(answer, label=find_label(frames), watermark=_watermark(frames, videoseal=videoseal))


def _content(path: Path) -> bytes:
    wanted = "A video or a picture"
    if path.is_dir():
        raise Problem(given=f"{path} is a folder", wanted=wanted, fix="Name one of the files in it")
    try:
        if not path.exists():
            raise Problem(given=f"There is no file at {path}", wanted=wanted, fix="Correct the name")
        if not path.is_file():
            raise Problem(given=f"{path} is a device or a pipe", wanted=wanted, fix="Save it to a file first")
        return path.read_bytes()
    except OSError as error:
        raise Problem(
            given=f"{path} cannot be read: {error.strerror}",
            wanted=wanted,
            fix="Check its permissions, or copy it to where you may read it",
        ) from error


def _no_kind(data: bytes, *, called: str) -> Problem:
    size = "is empty (0 bytes)" if not data else "is neither a picture nor a video of a known kind"
    return Problem(
        given=f"{called} {size}",
        wanted="An MP4, MOV, WebM, AVI, GIF, PNG, JPEG, WebP or another common kind, told by its first bytes",
        fix="Give the file as it came: not packed, not a page of a website, not a part of it",
    )


def bound_watermark(signature: Signed) -> int | None:
    """The watermark that the manifest says the file has."""
    value = signature.watermark
    return None if value is None else int(value, 16)


def _watermark(frames: UInt8[np.ndarray, "frames rows columns 3"], *, videoseal: Path | None) -> Found:
    found = detect(frames)
    if not found.found and len(frames) > 1:
        found = _one_by_one(frames, found)
    if not found.found and videoseal is not None:
        found = _sealed(frames, network=videoseal) or found
    return found


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
