"""What is told about a generation: hashes and numbers; the prompt only if it is asked for."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
LEDGERS = ("world/assets/sprites.json", "world/assets/backgrounds.json")


@dataclass(frozen=True)
class About:
    """What made a file. ``boxes``: for each track its hard boxes by frame. ``picture``: the first frame's own file."""

    base: str = "unknown"
    method: str = "boxes"
    seed: int | None = None
    steps: int | None = None
    boxes: tuple[dict[str, Any], ...] = ()
    prompt: str | None = None
    hashes: dict[str, str] = field(default_factory=dict[str, str])
    picture: bytes | None = field(default=None, repr=False)
    picture_kind: str = "image/png"
    marks: dict[str, Any] = field(default_factory=dict[str, Any])
    published: dict[str, Any] = field(default_factory=dict[str, Any])

    def told(self) -> dict[str, Any]:
        """The content of our assertion, and of the audit log."""
        content: dict[str, Any] = {
            "base": self.base,
            "method": self.method,
            "seed": self.seed,
            "steps": self.steps,
            "boxes": list(self.boxes),
            "marks": self.marks,
            **self.hashes,
        }
        if self.published:
            content["published"] = self.published
        return content if self.prompt is None else {**content, "prompt": self.prompt}

    def number(self) -> int:
        """64 bits that stand for this generation: the watermark's payload, the same whenever it is made again."""
        told = json.dumps({**self.told(), "marks": None}, sort_keys=True)
        return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "big")


@functools.lru_cache(maxsize=8)
def folder_digest(folder: Path) -> str:
    """SHA-256 of the names and the contents of all files in a folder."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()


def pocket_hashes(weights: Path) -> dict[str, str]:
    """The hashes of the embedded base, its adapter, and the ledgers of the pictures it was trained on."""
    hashes = {"base_sha256": folder_digest(weights)}
    if (weights / "adapter").is_dir():
        hashes["adapter_sha256"] = folder_digest(weights / "adapter")
    ledger = b"".join((PACKAGE / name).read_bytes() for name in LEDGERS)
    return {**hashes, "ledger_sha256": hashlib.sha256(ledger).hexdigest()}
