"""Single frames of a generated film, as the files that a player or a report shows one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.provenance.about import About
from boximator.provenance.marks import Marks, finish, has_room, marked

QUALITY = 90


def glimpsed(frame: UInt8[np.ndarray, "rows columns 3"]) -> UInt8[np.ndarray, "rows columns 3"]:
    """A small picture of a generation that is not done yet, with label and watermark.

    It is shown for a moment, so it has no signature, which would be larger than itself.
    """
    return marked(frame[None], about=About(method="not done yet"), marks=Marks(), fps=1)[0]


def stills(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    *,
    fps: float,
    about: About | None = None,
    marks: Marks | None = None,
    ending: Literal[".webp", ".png"] = ".webp",
) -> Iterator[bytes]:
    """The frames one after the other as the bytes of files, each with all marks; the watermark is the film's.

    A signature takes about 12 kB and a few hundredths of a second for each frame.

    Raises:
        Problem: a certificate that cannot be used.
    """
    marks = marks or Marks()
    about = replace(about or About(), marks=marks.record() | {"watermark_room": has_room(frames)})
    about = about if marks.prompt else replace(about, prompt=None)
    for index, frame in enumerate(marked(frames, about=about, marks=marks, fps=fps)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{index:03d}{ending}"
            Image.fromarray(frame).save(
                path, None, **({"quality": QUALITY, "method": 1} if ending == ".webp" else {})
            )
            finish(path, title=path.name, about=about, marks=marks)
            yield path.read_bytes()
