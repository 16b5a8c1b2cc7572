"""Generators by name: the bases and methods that can be evaluated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from boximator.evaluation.generator import Generator
from boximator.generation import BASES, Engine, Settings, load_engine
from boximator.guidance.index import METHODS as GUIDED
from boximator.guided import GuidedEngine, load_guided
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

HELD = ("held", "boxes")
METHODS = (*HELD, "adapter", *GUIDED)
"""What makes boxes count: the adapter with what it falls short of made up when frames are drawn, as `animate` does
("boxes" is another name of "held"); the adapter alone; or one of the training-free methods, on the base alone."""

ALONE = "none"
"""The base alone, without boxes: what every method is held against."""


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
    return _generator(_engine(chosen), chosen=chosen)


def generators(chosen: Chosen, *, methods: tuple[str, ...]) -> dict[str, Generator]:
    """Several methods' by name, from one base loaded twice: with the adapter, and alone."""
    for method in methods:
        check(replace(chosen, method=method))
    trained = [method for method in methods if method not in GUIDED]
    with_adapter = _engine(replace(chosen, method=trained[0])) if trained else None
    alone = load_guided(None, weights=chosen.weights)
    return {
        method: _generator(
            with_adapter if with_adapter and method in trained else alone.under(GUIDED[method]),
            chosen=replace(chosen, method=method),
        )
        for method in methods
    } | {ALONE: _generator(alone, chosen=chosen)}


def _engine(chosen: Chosen) -> Engine | GuidedEngine:
    if chosen.method in GUIDED:
        return load_guided(GUIDED[chosen.method], weights=chosen.weights)
    return load_engine(chosen.base, weights=chosen.weights, adapter=chosen.adapter)


def _generator(engine: Engine | GuidedEngine, *, chosen: Chosen) -> Generator:
    settings = replace(Settings(), steps=chosen.steps, insert=chosen.insert, hold=chosen.method in HELD)

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
