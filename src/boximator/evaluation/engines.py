"""Generators by name: the bases and methods that can be evaluated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from boximator.evaluation.generator import Generator
from boximator.generation import BASES, Settings, load_engine
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

METHODS = ("held", "adapter")
"""What makes boxes count: the adapter with what it falls short of made up when frames are drawn, as `animate` does;
or the adapter alone."""


@dataclass(frozen=True)
class Chosen:
    """What to evaluate. ``weights`` is a folder of a base, ``adapter`` of a box adapter; None: as shipped.

    ``insert=False`` leaves out the soft boxes between the user's; what is asked of a result stays the same.
    """

    base: str
    method: str
    steps: int
    seed: int = 0
    weights: Path | None = None
    adapter: Path | None = None
    insert: bool = True


def check(chosen: Chosen) -> None:
    """Refuse names that are not known, before anything is loaded."""
    for what, name, known in (("base", chosen.base, BASES), ("method", chosen.method, METHODS)):
        if name not in known:
            raise Problem(
                given=f'The {what} is "{name}"',
                wanted=f"This command knows {', '.join(known)}",
                fix=f"Write --{what} {known[0]}",
            )


def generator(chosen: Chosen) -> Generator:
    """Load a generator. The noise is that of the scene's seed, moved on by the run's."""
    check(chosen)
    engine = load_engine(chosen.base, weights=chosen.weights, adapter=chosen.adapter)
    settings = replace(Settings(), steps=chosen.steps, insert=chosen.insert, hold=chosen.method == "held")

    def generate(scene: Scene, *, picture: UInt8[np.ndarray, "rows columns 3"], boxes: bool) -> np.ndarray:
        seeded = replace(scene, seed=scene.seed + 1_000_000 * chosen.seed)
        return engine.generate(seeded, picture=picture, boxes=boxes, settings=settings).frames

    return generate


def fingerprint(chosen: Chosen) -> str:
    """Of the weights that will be used, so that clips made by others are not taken for theirs."""
    from boximator.pocket.pipeline import WEIGHTS

    folder = chosen.weights or WEIGHTS
    digest = hashlib.sha256()
    for part in (folder, chosen.adapter or folder / "adapter"):
        for file in sorted(part.rglob("*.safetensors")):
            digest.update(file.relative_to(part).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
