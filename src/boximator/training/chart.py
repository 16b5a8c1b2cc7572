"""Curves over steps, drawn with Pillow: enough to see where a training went."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageDraw, ImageFont

_INK, _FAINT, _LINE, _MARK = "#202020", "#d8d8d8", "#1f6fb4", "#c0392b"
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 26, 14, 24
_TICKS = 4
_OUTLIERS = 0.02  # share of the points at either end that may leave the chart


@dataclass(frozen=True)
class Curve:
    """A number over the steps of a run. Points that are not finite are left out of the line."""

    name: str
    steps: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Frame:
    """From data to pixels: the step and value at each side, and the size of the picture."""

    steps: tuple[float, float]
    values: tuple[float, float]
    size: tuple[int, int]

    def x(self, step: float) -> float:
        """The column of a step."""
        first, last = self.steps
        return _LEFT + (step - first) / max(last - first, 1) * (self.size[0] - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """The row of a value; what is outside is put on the edge."""
        low, high = self.values
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return self.size[1] - _BOTTOM - share * (self.size[1] - _TOP - _BOTTOM)


def chart(
    curve: Curve, *, marks: tuple[int, ...], size: tuple[int, int], steps: tuple[int, int]
) -> Image.Image:
    """Draw a curve over ``steps`` (first and last), with a vertical line at every mark. ``size`` is (width, height)."""
    frame = Frame(steps=steps, values=_range(np.asarray(curve.values, float)), size=size)
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(12)
    draw.text((_LEFT, 6), curve.name, fill=_INK, font=ImageFont.load_default(14))
    for share in np.linspace(0, 1, _TICKS):
        value = frame.values[0] + float(share) * (frame.values[1] - frame.values[0])
        row = frame.y(value)
        draw.line((_LEFT, row, size[0] - _RIGHT, row), fill=_FAINT)
        draw.text((_LEFT - 6, row), f"{value:.3g}", fill=_INK, font=font, anchor="rm")
    for mark in marks:
        draw.line((frame.x(mark), _TOP, frame.x(mark), size[1] - _BOTTOM), fill=_MARK)
        draw.text((frame.x(mark), size[1] - 6), f"{mark}", fill=_MARK, font=font, anchor="ms")
    for line in _whole_lines(curve):
        points = [(frame.x(step), frame.y(value)) for step, value in line]
        draw.line(points if len(points) > 1 else points * 2, fill=_LINE, width=2)
    return picture


def _range(values: Float[np.ndarray, " points"]) -> tuple[float, float]:
    """Smallest and largest value, but for a few outliers; never empty."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(finite, [_OUTLIERS, 1 - _OUTLIERS]))
    spare = 0.05 * (high - low) or max(abs(high) * 0.1, 1e-6)
    return low - spare, high + spare


def _whole_lines(curve: Curve) -> list[list[tuple[int, float]]]:
    """The runs of finite points."""
    lines: list[list[tuple[int, float]]] = [[]]
    for step, value in zip(curve.steps, curve.values, strict=True):
        if math.isfinite(value):
            lines[-1].append((step, value))
        elif lines[-1]:
            lines.append([])
    return [line for line in lines if line]
