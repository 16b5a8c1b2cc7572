"""The shapes of bodies as textured meshes, made of nothing but numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

_AROUND = 32
_ACROSS = 12


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles with outward normals; texture coordinates in [0, 1]. About as large as a ball of radius 1."""

    vertices: Float[np.ndarray, "vertices 3"]
    normals: Float[np.ndarray, "vertices 3"]
    places: Float[np.ndarray, "vertices 2"]
    triangles: Int[np.ndarray, "triangles 3"]


@dataclass(frozen=True)
class Shape:
    """A shape by its name. ``rolls``: laid down with its axis across the way, it rolls."""

    name: str
    rolls: bool
    mesh: Callable[[], Mesh]


def turned(profile: Float[np.ndarray, "points 4"]) -> Mesh:
    """A body of revolution about the z axis.

    A row of ``profile`` is radius, height, and the normal's part outwards and upwards; from the top down. Two rows
    in one place make an edge.
    """
    angles = np.linspace(0, 2 * np.pi, _AROUND + 1)
    cos, sin = np.cos(angles), np.sin(angles)
    radius, height, out, up = (column[:, None] for column in profile.T)
    ones = np.ones_like(cos)
    vertices = np.stack([radius * cos, radius * sin, height * ones], -1)
    normals = np.stack([out * cos, out * sin, up * ones], -1)
    steps = np.hypot(np.diff(profile[:, 0]), np.diff(profile[:, 1]))
    along = np.concatenate([[0], np.cumsum(steps)]) / steps.sum()
    places = np.stack(np.broadcast_arrays(angles / (2 * np.pi), along[:, None]), -1)
    return Mesh(
        vertices=vertices.reshape(-1, 3),
        normals=normals.reshape(-1, 3),
        places=places.reshape(-1, 2),
        triangles=_strips(len(profile), _AROUND + 1),
    )


def _strips(rows: int, columns: int) -> Int[np.ndarray, "triangles 3"]:
    """Two triangles between any four neighbours of a grid of vertices."""
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1, 1)
    return np.concatenate([corner + np.array([0, columns, 1]), corner + np.array([1, columns, columns + 1])])


def block(size: tuple[float, float, float]) -> Mesh:
    """A box with these half sides; every face shows the whole texture."""
    corners = np.array([[-1, 1], [-1, -1], [1, 1], [1, -1]], float)
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for axis in range(3):
        for side in (-1.0, 1.0):
            face = np.empty((4, 3))
            face[:, axis] = side
            face[:, (axis + 1) % 3] = corners[:, 0] * -side
            face[:, (axis + 2) % 3] = corners[:, 1]
            parts.append((face * size, np.tile(np.eye(3)[axis] * side, (4, 1))))
    return Mesh(
        vertices=np.concatenate([vertices for vertices, _ in parts]),
        normals=np.concatenate([normals for _, normals in parts]),
        places=np.tile((corners + 1) / 2, (6, 1)),
        triangles=np.concatenate([4 * face + _strips(2, 2) for face in range(6)]),
    )


def _arc(centre: float, *, start: float, stop: float, radius: float) -> Float[np.ndarray, "points 4"]:
    """Part of a circle about a point of the axis; angles from the top, in quarters of a turn."""
    angles = np.linspace(start, stop, _ACROSS + 1) * np.pi / 2
    out, up = np.sin(angles), np.cos(angles)
    return np.stack([radius * out, centre + radius * up, out, up], -1)


def _ball() -> Mesh:
    return turned(_arc(0, start=0, stop=2, radius=1))


def _pill() -> Mesh:
    ends = _arc(0.55, start=0, stop=1, radius=0.5), _arc(-0.55, start=1, stop=2, radius=0.5)
    return turned(np.concatenate(ends))


def _drum(radius: float, height: float) -> Mesh:
    rows = [[0, height, 0, 1], [radius, height, 0, 1], [radius, height, 1, 0]]
    below = [[radius, -height, 1, 0], [radius, -height, 0, -1], [0, -height, 0, -1]]
    return turned(np.array(rows + below, float))


def _cone() -> Mesh:
    slope = np.array([1.7, 0.75]) / np.hypot(1.7, 0.75)
    rows = [[0, 0.95, *slope], [0.75, -0.75, *slope], [0.75, -0.75, 0, -1], [0, -0.75, 0, -1]]
    return turned(np.array(rows, float))


SHAPES = (
    Shape("ball", True, _ball),
    Shape("cube", False, lambda: block((0.72, 0.72, 0.72))),
    Shape("brick", False, lambda: block((1.0, 0.5, 0.4))),
    Shape("cylinder", True, lambda: _drum(0.55, 0.8)),
    Shape("disc", True, lambda: _drum(0.95, 0.22)),
    Shape("cone", False, _cone),
    Shape("pill", True, _pill),
)
