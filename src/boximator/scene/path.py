"""Paths: a drawn line for the centre of a box, measured by arc length."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import ConfigDict, Field

from boximator.scene.easing import Easing, eased
from boximator.scene.problem import Problem

PathKind = Literal["polyline", "smooth"]

Points = Float[np.ndarray, "*steps 2"]

REACH = 4.0
"""How far beyond the frame a person may draw, in frame widths or heights."""

MOST_POINTS = 1000

_Coordinate = Annotated[
    float, Field(allow_inf_nan=False, json_schema_extra={"minimum": -REACH, "maximum": 1 + REACH})
]
Point = tuple[_Coordinate, _Coordinate]

STEPS = 32
"""Straight pieces a smooth path is cut into between two of its points."""

SAME = 1e-9
"""Points nearer than this are one point: a curve through both could not be computed."""


@dataclass(frozen=True, kw_only=True)
class Path:
    """The way a box's centre takes: points (x, y) in fractions of the frame, outside it too if need be.

    `polyline` joins the points by straight lines. `smooth` runs through all of them as a centripetal
    Catmull-Rom curve (no loops or overshoot at uneven spacing); its ends are continued by reflection.
    `easing` is the timing of the whole way.

    Raises:
        Problem: fewer than 2 points, more than 1000, or a point that is not finite or absurdly far away.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    points: Annotated[
        tuple[Point, ...],
        Field(description="Two or more [x, y] in fractions of the frame, in travel order."),
    ]
    kind: Annotated[PathKind, Field(description="Straight lines, or a smooth curve, through the points.")] = (
        "polyline"
    )
    easing: Annotated[Easing, Field(description="Timing along the whole path.")] = "linear"

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", tuple((float(x), float(y)) for x, y in self.points))
        if not 2 <= len(self.points) <= MOST_POINTS:
            raise Problem(
                given=f"The path has {len(self.points)} point(s)",
                wanted=f"A path has 2 to {MOST_POINTS} points [x, y]",
                fix="Add the points the centre of the box passes through, or leave the path out",
            )
        for point in self.points:
            if not all(math.isfinite(value) and -REACH <= value <= 1.0 + REACH for value in point):
                raise Problem(
                    given=f"The path has the point [{point[0]:g}, {point[1]:g}]",
                    wanted=f"Points are fractions of the frame between {-REACH:g} and {1 + REACH:g}",
                    fix="If these are pixels, divide x by the picture's width and y by its height",
                )

    @property
    def length(self) -> float:
        """Arc length, with the frame's width and height both counted as 1."""
        return float(self._measured()[1][-1])

    def at(self, u: float) -> tuple[float, float]:
        """The point at share `u` in [0, 1] of the arc length (easing not applied)."""
        x, y = self.points_at(np.asarray([u]))[0]
        return float(x), float(y)

    def points_at(self, shares: Float[np.ndarray, " count"]) -> Float[np.ndarray, "count 2"]:
        """The points at these shares in [0, 1] of the arc length (easing not applied)."""
        line, lengths = self._measured()
        wanted = shares * lengths[-1]
        return np.stack([np.interp(wanted, lengths, line[:, axis]) for axis in (0, 1)], axis=-1)

    def points_at_time(self, times: Float[np.ndarray, " count"]) -> Float[np.ndarray, "count 2"]:
        """The points at these shares in [0, 1] of the travel time, with the path's easing."""
        return self.points_at(eased(times, self.easing))

    def _measured(self) -> tuple[Float[np.ndarray, "count 2"], Float[np.ndarray, " count"]]:
        return _measured(self.points, self.kind)


@functools.lru_cache(maxsize=256)
def _measured(
    points: tuple[Point, ...], kind: PathKind
) -> tuple[Float[np.ndarray, "count 2"], Float[np.ndarray, " count"]]:
    """The path as a fine polyline, and the arc length from its start to each of its corners."""
    line = np.asarray(_without_repeats(points), dtype=np.float64)
    if kind == "smooth" and len(line) > 2:
        line = _catmull_rom(line)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    return line, np.concatenate([[0.0], np.cumsum(steps)])


def _without_repeats(points: tuple[Point, ...]) -> list[Point]:
    """A point drawn twice in a row has no direction; one of the two is enough."""
    kept = [points[0]]
    for point in points[1:]:
        if math.dist(point, kept[-1]) > SAME:
            kept.append(point)
    return kept


def _catmull_rom(points: Float[np.ndarray, "count 2"]) -> Float[np.ndarray, "fine 2"]:
    """Centripetal Catmull-Rom (alpha = 1/2) by the Barry-Goldman pyramid, `STEPS` pieces for each span."""
    first, last = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    padded = np.concatenate([[first], points, [last]])
    spans = [_span(padded[index : index + 4]) for index in range(len(points) - 1)]
    return np.concatenate([*spans, points[-1:]])


def _span(four: Float[np.ndarray, "4 2"]) -> Float[np.ndarray, "steps 2"]:
    """The curve from the second to the third of four points, its end left out."""
    gaps = np.linalg.norm(np.diff(four, axis=0), axis=1) ** 0.5
    knots = np.concatenate([[0.0], np.cumsum(gaps)])
    t = knots[1] + (knots[2] - knots[1]) * np.arange(STEPS)[:, None] / STEPS

    def between(start: int, end: int, a: Points, b: Points) -> Points:
        return ((knots[end] - t) * a + (t - knots[start]) * b) / (knots[end] - knots[start])

    one = [between(i, i + 1, four[i], four[i + 1]) for i in range(3)]
    two = [between(i, i + 2, one[i], one[i + 1]) for i in range(2)]
    return between(1, 2, two[0], two[1])
