"""Exact motions of affine things over an affine background, as `find_layers` is given them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

LATER, SIDE, FINE = 15, 32, 8
TIMES = np.linspace(0, 1, LATER + 1)[1:]


@dataclass(frozen=True)
class Thing:
    """An ellipse of the first picture and the way it goes; shares of the frame, radians."""

    centre: tuple[float, float]
    radii: tuple[float, float]
    travel: tuple[float, float]
    growth: float = 1.0
    turn: float = 0.0

    @property
    def maps(self) -> Float[np.ndarray, "later 2 3"]:
        """Frame 0 -> each later frame."""
        return np.stack([self._map(time) for time in TIMES])

    def _map(self, time: float) -> Float[np.ndarray, "2 3"]:
        cos, sin = np.cos(self.turn * time), np.sin(self.turn * time)
        linear = self.growth**time * np.array([[cos, -sin], [sin, cos]])
        centre = np.array(self.centre)
        shift = centre + time * np.array(self.travel) - linear @ centre
        return np.concatenate([linear, shift[:, None]], axis=1)

    def covers(self, points: Float[np.ndarray, "*any 2"]) -> Bool[np.ndarray, "*any"]:
        """Whether points of the first picture lie in it."""
        return (((points - np.array(self.centre)) / np.array(self.radii)) ** 2).sum(-1) < 1


STILL = Thing(centre=(0.5, 0.5), radii=(9, 9), travel=(0, 0))
PANNING = Thing(centre=(0.5, 0.5), radii=(9, 9), travel=(-0.12, 0.06), growth=1.1)


def grid(side: int) -> Float[np.ndarray, "side side 2"]:
    """Centres of cells, x and y in 0..1."""
    at = (np.arange(side) + 0.5) / side
    return np.stack(np.meshgrid(at, at), axis=-1)


def field(things: list[Thing], *, ground: Thing = STILL) -> Float[np.ndarray, "later 2 side side"]:
    """The displacement of every cell, averaged from a finer grid; later things lie before earlier ones."""
    fine = grid(SIDE * FINE)
    flow = np.zeros((LATER, *fine.shape))
    for thing in [ground, *things]:
        there = thing.covers(fine)
        linear, shift = thing.maps[:, :, :2], thing.maps[:, :, 2]
        flow[:, there] = fine[there] @ linear.transpose(0, 2, 1) + shift[:, None] - fine[there]
    cells = flow.reshape(LATER, SIDE, FINE, SIDE, FINE, 2).mean((2, 4))
    return cells.transpose(0, 3, 1, 2).astype(np.float32)


def seen() -> Float[np.ndarray, "later side side"]:
    """Everything is visible throughout."""
    return np.ones((LATER, SIDE, SIDE), np.float32)
