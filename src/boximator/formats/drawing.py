"""Boxes drawn on frames for tools that are told by pictures. Edges in pixels, cut to the frame."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8

Frame = UInt8[np.ndarray, "rows columns 3"]
Edges = tuple[float, float, float, float]


def canvas(
    frames: int, size: tuple[int, int], colour: tuple[int, int, int]
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    width, height = size
    return np.full((frames, height, width, 3), np.asarray(colour, np.uint8), np.uint8)


def window(frame: Frame, edges: Edges) -> tuple[slice, slice]:
    """Rows and columns of a box, half open; empty where it shows nothing."""
    rows, columns = frame.shape[:2]
    x0, y0, x1, y1 = (round(edge) for edge in edges)
    return (
        slice(min(max(y0, 0), rows), min(max(y1, 0), rows)),
        slice(min(max(x0, 0), columns), min(max(x1, 0), columns)),
    )


def fill(frame: Frame, edges: Edges, colour: tuple[int, int, int]) -> None:
    frame[window(frame, edges)] = colour


def outline(frame: Frame, edges: Edges, colour: tuple[int, int, int], thickness: int) -> None:
    """A frame of lines centred on the box's edges. Sides beyond the picture are not drawn."""
    x0, y0, x1, y1 = edges
    low, high = thickness / 2, thickness - thickness / 2
    for side in (
        (x0 - low, y0 - low, x1 + high, y0 + high),
        (x0 - low, y1 - low, x1 + high, y1 + high),
        (x0 - low, y0 - low, x0 + high, y1 + high),
        (x1 - low, y0 - low, x1 + high, y1 + high),
    ):
        fill(frame, side, colour)
