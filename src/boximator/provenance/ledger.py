"""Which generation it was: what a scene tells about a file, and the audit log of this installation (hashes only)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from boximator.provenance.about import PACKAGE, About, folder_digest, pocket_hashes
from boximator.provenance.certificate import config_folder
from boximator.scene.embedded import embedded_bytes, is_embedded
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Track
from boximator.scene.wire import beside

LOG_VARIABLE = "BOXIMATOR_AUDIT_LOG"
KINDS = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}


def of_recipe(
    scene: Scene,
    *,
    base: str,
    method: str,
    steps: int | None,
    scene_file: Path,
    weights: Path | None = None,
    adapter: Path | None = None,
) -> About:
    """What the files of a scene say about themselves. A picture that is not found any more is left out.

    ``base`` may be a folder, whose name alone is told. ``adapter``: the folder of the box adapter on another base.
    """
    picture, kind = _picture(scene.picture, scene_file=scene_file)
    hashes = pocket_hashes(weights or PACKAGE / "pocket/weights") if base == "pocket" else {}
    if adapter is not None:
        hashes |= {"adapter_sha256": folder_digest(adapter)}
    return About(
        base=Path(base).name if Path(base).is_dir() else base,
        method=method,
        seed=scene.seed,
        steps=steps,
        boxes=tuple(_boxes(track) for track in scene.tracks),
        prompt=scene.prompt or None,
        hashes=hashes,
        picture=picture,
        picture_kind=kind,
    )


def record_generation(about: About, *, digest: str) -> None:
    """Record a generation in the audit log: hashes and numbers, no content."""
    told = about.told()
    line = {name: told[name] for name in ("base", "method", "marks", *about.hashes)}
    record(
        line | {"number": f"{about.number():016x}", "file_sha256": digest, "signed_in": config_folder().name}
    )


def record(line: dict[str, Any]) -> None:
    """Append a line to the audit log, if one is named by $BOXIMATOR_AUDIT_LOG.

    Raises:
        Problem: the log cannot be written.
    """
    if not (name := os.environ.get(LOG_VARIABLE)):
        return
    try:
        with Path(name).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, sort_keys=True) + "\n")
    except OSError as error:
        raise Problem(
            given=f"The audit log {name} cannot be written: {error.strerror}",
            wanted=f"Each generation is recorded in the file that {LOG_VARIABLE} names",
            fix=f"Name a file in an existing folder of yours, or unset {LOG_VARIABLE}",
        ) from error


def _picture(name: str | None, *, scene_file: Path) -> tuple[bytes | None, str]:
    if name is None:
        return None, "image/png"
    if is_embedded(name):
        kind = name.partition(";")[0].removeprefix("data:")
        return embedded_bytes(name), kind if kind in KINDS.values() else "image/png"
    path = beside(scene_file, name)
    kind = KINDS.get(path.suffix.lower())
    return (path.read_bytes(), kind) if kind is not None and path.is_file() else (None, "image/png")


def _boxes(track: Track) -> dict[str, Any]:
    """A track's keyframes as they were drawn, without its label, which may say whose picture it is."""
    frames = [
        [key.frame, *(round(side, 6) for side in (key.box.x0, key.box.y0, key.box.x1, key.box.y1))]
        for key in track.keyframes
    ]
    return {"id": track.id, "hard": [key.hard for key in track.keyframes], "frames": frames}
