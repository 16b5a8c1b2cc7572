"""The one way in which generated frames become files: label, watermark, encode, metadata, signature, in this order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from boximator.provenance.about import About
from boximator.provenance.metadata import COMMENT, packet, write_metadata
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem
from boximator.video.writer import sheet, write_gif, write_sheet, write_video

SHEET_PSNR = 39.0
"""Of a contact sheet: many small pictures that are alike hide the mark less well than one large one, and nothing moves
in which it could flicker. At the 40.3 dB of films it was found on 12 of 20 sheets of 16 pictures of 128 x 128."""
LAYERS = ("label", "watermark", "metadata", "signature")
SMALLEST = 64
"""Below this short side, in pixels, there is no room for a watermark; the record says so."""


@dataclass(frozen=True)
class Marks:
    """Which layers a file gets: all, unless somebody says otherwise, and then the files say it too.

    ``prompt``: also write the prompt into metadata and manifest. ``certificate`` and ``key``: PEM files to sign with
    instead of this installation's own. ``videoseal``: the network that makes the watermark instead of our own pattern.
    """

    label: bool = True
    watermark: bool = True
    metadata: bool = True
    signature: bool = True
    language: str = "en"
    moving: bool = False
    prompt: bool = False
    certificate: Path | None = None
    key: Path | None = None
    videoseal: Path | None = None

    @property
    def turned_off(self) -> tuple[str, ...]:
        """The layers that were turned off."""
        return tuple(name for name in LAYERS if not getattr(self, name))

    def record(self) -> dict[str, Any]:
        """What files say about their own marks."""
        said = {"on": [name for name in LAYERS if getattr(self, name)], "turned_off": list(self.turned_off)}
        return said if self.videoseal is None else {**said, "watermark_by": "videoseal"}

    def words(self) -> str:
        """The record in a few words, for metadata."""
        on, off = (", ".join(self.record()[name]) or "none" for name in ("on", "turned_off"))
        return f"on: {on}; turned off: {off}"


@dataclass(frozen=True)
class Written:
    """What a written file says about itself, and its SHA-256 before it was signed: the same on every machine.

    (Signed, it is the same wherever the same key signs.)
    """

    about: About
    unsigned_sha256: str


def without(names: str, *, marks: Marks) -> Marks:
    """The marks less some layers, named with commas between.

    Raises:
        Problem: a name that is no layer.
    """
    asked = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in asked if name not in LAYERS]
    if unknown:
        raise Problem(
            given=f"The layer {', '.join(unknown)} is to be left out",
            wanted=f"The layers are {', '.join(LAYERS)}",
            fix="Write some of those, with commas between",
        )
    return replace(marks, **dict.fromkeys(asked, False))


def marked(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    *,
    about: About,
    marks: Marks,
    fps: float,
    psnr: float | None = None,
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """The frames with what is seen and what is not seen: label and watermark (``psnr``: how faint, in decibels)."""
    if marks.label:
        from boximator.provenance.label import labelled

        frames = labelled(frames, language=marks.language, moving=marks.moving, fps=fps)
    if marks.watermark and marks.videoseal is not None and has_room(frames):
        from boximator.provenance.watermark.videoseal import VideoSeal

        return VideoSeal(marks.videoseal).embedded(frames, about.number())
    if marks.watermark and has_room(frames):
        from boximator.provenance.watermark.embed import TARGET_PSNR, embedded

        frames = embedded(frames, about.number(), psnr=psnr or TARGET_PSNR)
    return frames


def has_room(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> bool:
    """Whether frames are large enough for a watermark."""
    return min(frames.shape[1:3]) >= SMALLEST


def write_marked(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    path: str | Path,
    *,
    fps: float,
    about: About | None = None,
    marks: Marks | None = None,
    columns: int | None = None,
) -> Written:
    """Write generated frames as an MP4, GIF or PNG contact sheet (of so many ``columns``) that says what it is.

    On a sheet each frame has its label, as in the film; the watermark is that of the whole sheet. Of the same frames,
    with the same marks and the same key, the same bytes are made, whatever the file is called.

    Raises:
        Problem: another ending, a place that cannot be written to, a certificate that cannot be used.
    """
    path, marks = Path(path), marks or Marks()
    about = replace(about or About(), marks=marks.record() | {"watermark_room": has_room(frames)})
    about = about if marks.prompt else replace(about, prompt=None)
    pixels, psnr = marks, None
    if path.suffix.lower() == ".png":
        labels = marked(frames, about=about, marks=replace(marks, watermark=False), fps=fps)
        frames, pixels = sheet(labels, columns=columns), replace(marks, label=False)
        about = replace(about, marks=about.marks | {"watermark_room": has_room(frames)})
        psnr = SHEET_PSNR
    seen = marked(frames, about=about, marks=pixels, fps=fps, psnr=psnr)
    # A file that could not get all its marks must not be left behind without them.
    with appearing(path) as partial:
        _encode(seen, partial, fps=fps, comment=COMMENT if marks.metadata else None)
        digest = finish(partial, title=path.name, about=about, marks=marks)
    return Written(about=about, unsigned_sha256=digest)


def check(marks: Marks) -> None:
    """Find out what would go wrong before frames are made.

    Raises:
        Problem: a language that there are no words for, a certificate that cannot be used.
    """
    if marks.label:
        from boximator.provenance.label import words_in

        words_in(marks.language)
    if marks.watermark and marks.videoseal is not None:
        from boximator.provenance.watermark.videoseal import VideoSeal

        VideoSeal(marks.videoseal)
    if marks.signature:
        from boximator.provenance.certificate import identity
        from boximator.provenance.signature import check_identity

        check_identity(identity(certificate=marks.certificate, key=marks.key))


def finish(path: Path, *, title: str, about: About, marks: Marks) -> str:
    """What comes after the encoding: metadata, then the signature, which nothing may follow.

    Returns the SHA-256 of the file before it was signed. ``title`` is the file's name to be.
    """
    if marks.metadata:
        write_metadata(path, packet(base=about.base, marks=marks.words(), prompt=about.prompt))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if marks.signature:
        from boximator.provenance.certificate import identity
        from boximator.provenance.signature import sign

        by = identity(certificate=marks.certificate, key=marks.key)
        number = about.number() if marks.watermark and about.marks["watermark_room"] else None
        sign(path, title=title, about=about, by=by, watermark=number)
    return digest


def _encode(
    frames: UInt8[np.ndarray, "frames rows columns 3"], path: Path, *, fps: float, comment: str | None
) -> None:
    ending = path.suffix.lower()
    if ending == ".gif":
        write_gif(frames, path, fps=fps, comment=comment)
    elif ending == ".png":
        write_sheet(frames, path, comment=comment)
    else:
        write_video(frames, path, fps=fps, comment=comment)
