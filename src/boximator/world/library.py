"""The sprites and photographs the world is made of, read from the packs that ship with the package."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.world.clip import Split


@dataclass(frozen=True)
class Sprite:
    """A named cut-out; ``pixels`` is RGBA with straight alpha."""

    name: str
    kind: str
    pixels: UInt8[np.ndarray, "height width 4"]


@dataclass(frozen=True)
class Backdrop:
    """A photograph and the words for the place it shows."""

    place: str
    pixels: UInt8[np.ndarray, "height width 3"]


@dataclass(frozen=True)
class Library:
    """All that one split may use."""

    sprites: tuple[Sprite, ...]
    backdrops: tuple[Backdrop, ...]


def _pack(name: str, *, split: Split, mode: str) -> list[tuple[dict[str, str], np.ndarray]]:
    folder = files("boximator.world") / "assets"
    rows = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    wanted = {row["file"]: row for row in rows if row["split"] == split}
    found: dict[str, np.ndarray] = {}
    with tarfile.open(fileobj=io.BytesIO((folder / f"{name}.tar").read_bytes())) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.name in wanted else None
            if stream is not None:
                found[member.name] = np.asarray(Image.open(stream).convert(mode))
    return [(row, found[name]) for name, row in wanted.items()]


@cache
def library(split: Split) -> Library:
    """Read the packs once per process and split."""
    sprites = _pack("sprites", split=split, mode="RGBA")
    backdrops = _pack("backgrounds", split=split, mode="RGB")
    return Library(
        sprites=tuple(Sprite(name=row["name"], kind=row["kind"], pixels=pixels) for row, pixels in sprites),
        backdrops=tuple(Backdrop(place=row["place"], pixels=pixels) for row, pixels in backdrops),
    )
