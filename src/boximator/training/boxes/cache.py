"""Tensors in files that are named by what they were made of, so that nothing is encoded twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file
from torch import Tensor

from boximator.scene.atomic import appearing


def content_key(*parts: Any) -> str:
    """A checksum (hex) of arrays, and of anything that JSON can hold."""
    mark = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            mark.update(f"{part.shape} {part.dtype}\n".encode())
            mark.update(np.ascontiguousarray(part).tobytes())
        else:
            mark.update(json.dumps(part, sort_keys=True).encode() + b"\n")
    return mark.hexdigest()


class Cache:
    """A folder of safetensors, one for each content, and of names that point to contents.

    Files appear whole or not at all, so that several processes (and machines with one disk) may share it. What is
    made of other weights or other settings has another key; nothing is ever deleted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, kind: str, key: str, ending: str) -> Path:
        return self.folder / kind / key[:2] / f"{key[2:]}.{ending}"

    def has(self, key: str) -> bool:
        """Whether a content is there."""
        return self._path("content", key, "safetensors").is_file()

    def put(self, key: str, tensors: Mapping[str, Tensor]) -> None:
        """Keep a content."""
        path = self._path("content", key, "safetensors")
        path.parent.mkdir(parents=True, exist_ok=True)
        with appearing(path) as temporary:
            save_file(dict(tensors), temporary)

    def get(self, key: str) -> dict[str, Tensor]:
        """A content that is there."""
        return load_file(self._path("content", key, "safetensors"))

    def call(self, name: str, key: str) -> None:
        """Let a name (a key too: of settings) point to a content, which then need not be made to find its key."""
        path = self._path("named", name, "txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        with appearing(path) as temporary:
            temporary.write_text(key, encoding="ascii")

    def called(self, name: str) -> str | None:
        """The content that a name points to, if both are there."""
        path = self._path("named", name, "txt")
        key = path.read_text(encoding="ascii") if path.is_file() else None
        return key if key is not None and self.has(key) else None
