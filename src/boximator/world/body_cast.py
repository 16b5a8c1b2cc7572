"""Which bodies play in a clip, how they look, where they start and what sets them going. Lengths are in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from boximator.world.body_looks import COLOURS, PATTERNS
from boximator.world.body_shapes import SHAPES, Shape
from boximator.world.clip import Split

Start = Literal["throw", "roll", "drop", "spin", "rest"]
_STARTS: tuple[Start, ...] = ("throw", "roll", "drop", "spin", "rest")
_APART = 1.3
_REACH = 1.6


@dataclass(frozen=True, eq=False)
class Body:
    """One body. ``axis`` is the direction of its own z axis; velocities in metres and radians a second."""

    shape: Shape
    colour: str
    pattern: str
    start: Start
    radius: float
    place: tuple[float, float, float]
    axis: tuple[float, float, float]
    velocity: tuple[float, float, float]
    spin: tuple[float, float, float]

    @property
    def label(self) -> str:
        """As a caption names it."""
        return " ".join(word for word in (self.pattern, self.colour, self.shape.name) if word)


def looks(split: Split) -> list[tuple[str, Shape]]:
    """The colours and shapes of a split: a fifth of all pairs is held out, every colour and shape is in both."""
    return [
        (colour, shape)
        for i, colour in enumerate(COLOURS)
        for j, shape in enumerate(SHAPES)
        if ((i + 2 * j) % 5 == 0) == (split == "heldout")
    ]


def bodies(*, split: Split, rng: np.random.Generator) -> list[Body]:
    """One to four, of which at least one moves, none in another at the start."""
    count = int(rng.choice([1, 2, 3, 4], p=[0.3, 0.35, 0.25, 0.1]))
    starts: list[Start] = [_STARTS[int(rng.choice(5, p=[0.32, 0.32, 0.14, 0.1, 0.12]))] for _ in range(count)]
    if set(starts) <= {"spin", "rest"}:
        starts[0] = "roll"
    found: list[Body] = []
    while len(found) < count:
        body = _body(starts[len(found)], split=split, rng=rng)
        if all(np.hypot(*np.subtract(body.place, other.place)[:2]) > _APART for other in found):
            found.append(body)
    return found


def _body(start: Start, *, split: Split, rng: np.random.Generator) -> Body:
    pairs = looks(split)
    colour, shape = pairs[int(rng.integers(len(pairs)))]
    pattern = PATTERNS[int(rng.choice(4, p=[0.4, 0.2, 0.2, 0.2]))]
    radius = float(rng.uniform(0.3, 0.72))
    side = float(rng.choice([-1, 1]))
    x, y = float(rng.uniform(-_REACH, _REACH)), float(rng.uniform(-1.2, 1.8))
    if start in ("throw", "roll"):
        x = -side * abs(x)
    way = np.array([side * rng.uniform(0.9, 2.6), rng.uniform(-1.4, 1.4), 0.0])
    height = float({"throw": rng.uniform(0.5, 1.4), "drop": rng.uniform(1.4, 2.4)}.get(start, radius * 1.02))
    axis, spin = _turning(start, way=way, radius=radius, rng=rng)
    up = float(rng.uniform(1.2, 4.2)) if start == "throw" else 0.0
    moves = start in ("throw", "roll")
    return Body(
        shape=shape,
        colour=colour,
        pattern=pattern,
        start=start,
        radius=radius,
        place=(x, y, height),
        axis=axis,
        velocity=(float(way[0]), float(way[1]), up) if moves else (0.0, 0.0, 0.0),
        spin=spin,
    )


def _turning(
    start: Start, *, way: np.ndarray, radius: float, rng: np.random.Generator
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The direction of a body's axis, and how it turns."""
    across = np.array([-way[1], way[0], 0.0]) / np.hypot(way[0], way[1])
    if start == "roll":
        spin = across * float(np.hypot(way[0], way[1])) / radius
        return _three(across), _three(spin)
    if start in ("throw", "drop"):
        return _three(rng.normal(size=3)), _three(rng.normal(0, 4, 3))
    turns = float(rng.choice([-1, 1]) * rng.uniform(4, 9)) if start == "spin" else 0.0
    return (0.0, 0.0, 1.0), (0.0, 0.0, turns)


def _three(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
