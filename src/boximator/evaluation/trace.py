"""Whether the coloured boxes of self-tracking training show in a result where they should not.

Training draws every track's box in the track's colour, one state cell wide and tinted within (arXiv 2402.01566,
"Self-tracking").
A trace is such a line: along a side of the box, something differs from what is on both sides of it, in the
direction of the track's colour. The measure of a place is the share of the colour that would have to be mixed in;
a side is traced when the median of its places is a quarter or more, and a box when three of its sides (all, if
fewer are inside the frame) are.
"""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

_CELLS = 32  # state cells along a side of a square picture
_MIXED = 0.25
_PLACES = 14
_SIDES = 3
_OFF = 0.6  # change beside the colour's own direction, as a share of the change along it
_LEAST_CONTRAST = 0.3  # a ground this near to the colour can show no line


def _mixed_in(
    line: Float32[np.ndarray, "*any 3"],
    *,
    ground: Float32[np.ndarray, "*any 3"],
    colour: Float32[np.ndarray, " 3"],
) -> Float32[np.ndarray, "*any"]:
    """How much of ``colour`` turns ``ground`` into ``line``; zero where the change is of another kind."""
    way = colour - ground
    length = np.einsum("...c,...c->...", way, way)
    change = line - ground
    share = np.einsum("...c,...c->...", change, way) / np.maximum(length, 1e-6)
    off = np.linalg.norm(change - share[..., None] * way, axis=-1)
    good = (length > _LEAST_CONTRAST**2) & (off < _OFF * share * np.sqrt(length))
    return np.where(good, share, 0.0)


def _side(
    frame: Float32[np.ndarray, "rows columns 3"], *, ends: Float[np.ndarray, "2 2"], cell: float,
    colour: Float32[np.ndarray, " 3"],
) -> float:  # fmt: skip
    """The strongest line along a side (two points in pixels), up to two cells off."""
    along = np.linspace(0.1, 0.9, _PLACES)[:, None]
    points = ends[0] + along * (ends[1] - ends[0])
    length = max(float(np.linalg.norm(ends[1] - ends[0])), 1e-6)
    across = np.array([-(ends[1] - ends[0])[1], (ends[1] - ends[0])[0]]) / length
    steps = np.arange(-8, 9) * (
        cell / 2
    )  # half cells; a line may be up to two cells off, its ground two further
    places = points[:, None] + steps[None, :, None] * across
    values = cv2.remap(
        frame, places[..., 0].astype(np.float32), places[..., 1].astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    line = values[:, 4:-4]
    beside = [
        _mixed_in(line, ground=values[:, start : start + line.shape[1]], colour=colour) for start in (0, 8)
    ]
    return float(np.median(np.minimum(*beside), axis=0).max())


def box_traced(
    frame: UInt8[np.ndarray, "rows columns 3"],
    *,
    box: Float[np.ndarray, " 4"],
    colour: Float[np.ndarray, " 3"],
) -> bool:
    """Whether a box (normalised) stands in the frame as a coloured outline; ``colour`` is RGB in 0..1."""
    rows, columns = frame.shape[:2]
    cell = float(np.sqrt(rows * columns)) / _CELLS
    soft = cv2.blur(frame.astype(np.float32) / 255, (max(1, round(cell / 2)),) * 2)
    x0, y0, x1, y1 = (float(value) for value in box * np.array([columns, rows, columns, rows]))
    if min(x1 - x0, y1 - y0) < 2 * cell:
        return False
    inwards = cell / 2
    sides = [
        (x0 > cell, [[x0 + inwards, y0], [x0 + inwards, y1]]),
        (x1 < columns - cell, [[x1 - inwards, y0], [x1 - inwards, y1]]),
        (y0 > cell, [[x0, y0 + inwards], [x1, y0 + inwards]]),
        (y1 < rows - cell, [[x0, y1 - inwards], [x1, y1 - inwards]]),
    ]
    inside = [np.array(ends) for shows, ends in sides if shows]
    ink = np.asarray(colour, np.float32)
    traced = sum(_side(soft, ends=ends, cell=cell, colour=ink) >= _MIXED for ends in inside)
    return len(inside) >= 2 and traced >= min(_SIDES, len(inside))


def traced_frames(
    frames: UInt8[np.ndarray, "frames rows columns 3"], *, boxes: Float[np.ndarray, "frames boxes 4"],
    colours: Float[np.ndarray, "boxes 3"],
) -> int:  # fmt: skip
    """Number of frames after frame 0 in which any box (zero: none) stands as an outline of its colour."""
    return sum(
        any(
            box_traced(frames[t], box=box, colour=colour)
            for box, colour in zip(boxes[t], colours, strict=True)
        )
        for t in range(1, len(frames))
    )
