"""Time-to-Move (TTM), cut and drag: a folder with `first_frame.png`, `motion_signal.mp4`, `mask.mp4`, `prompt.txt`.

Source: time-to-move/TTM, `run_wan.py` and `run_cog.py` (the names of the files) and its `examples/cutdrag_*`. The
motion signal is the first picture with each object's piece of it moved and resized as its box is; what it leaves
behind is filled from around it. The mask is white where a piece lies. Pieces are whole boxes, not outlines.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8

from boximator.formats.drawing import Edges, Frame, canvas, fill, window
from boximator.formats.target import Film, Still, Target, Written, ground_of
from boximator.scene.plan import drawn_boxes

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def write(target: Target) -> Written:
    """The folder. Objects that are not in the first frame have no piece to move, and are left out with a note."""
    scene = target.scene
    ground = ground_of(target, "TTM")
    rows, columns = ground.shape[:2]
    drawn, present = drawn_boxes(scene)
    boxes = drawn * [columns, rows, columns, rows]
    starts = {index: _edges(boxes[0, index]) for index in np.flatnonzero(present[0]).tolist()}
    pieces = {
        index: piece for index, edges in starts.items() if (piece := ground[window(ground, edges)]).size
    }
    empty = ground.copy()
    for index in pieces:
        _fill_from_around(empty, window(ground, starts[index]))
    film = np.repeat(empty[None], scene.frames, axis=0)
    film[0] = ground
    mask = canvas(scene.frames, (columns, rows), BLACK)
    for frame in range(scene.frames):
        for index, piece in pieces.items():
            if present[frame, index]:
                moved = _shown_part(boxes[0, index], boxes[frame, index], (columns, rows))
                fill(mask[frame], moved, WHITE)
                if frame:
                    _paste(film[frame], piece, moved)
    notes = tuple(
        f"Track {track.id} is not in the first picture, so nothing of it can be cut out: it is left out."
        for index, track in enumerate(scene.tracks)
        if index not in pieces
    )
    return Written(
        files={
            "first_frame.png": Still(ground),
            "motion_signal.mp4": Film(film, scene.fps),
            "mask.mp4": Film(mask, scene.fps),
            "prompt.txt": (scene.prompt + "\n").encode(),
        },
        notes=notes,
    )


def _edges(box: Float[np.ndarray, "4"]) -> Edges:
    x0, y0, x1, y1 = box.tolist()
    return x0, y0, x1, y1


def _shown_part(first: Float[np.ndarray, "4"], now: Float[np.ndarray, "4"], size: tuple[int, int]) -> Edges:
    """Where the piece goes: as the part of the first box inside the picture lies in it, so in the box now."""
    seen = np.clip(first, 0.0, [*size, *size])
    span = np.maximum(first[2:] - first[:2], 1e-9)
    share = (seen.reshape(2, 2) - first[:2]) / span
    return _edges((now[:2] + share * (now[2:] - now[:2])).reshape(4))


def _paste(frame: Frame, piece: Frame, edges: Edges) -> None:
    """The piece stretched over the box, nearest pixel for pixel, as far as it lies in the frame."""
    rows, columns = window(frame, edges)
    x0, y0, x1, y1 = edges
    down = (np.arange(rows.start, rows.stop) + 0.5 - y0) / max(y1 - y0, 1e-9) * piece.shape[0]
    across = (np.arange(columns.start, columns.stop) + 0.5 - x0) / max(x1 - x0, 1e-9) * piece.shape[1]
    take_rows = np.clip(down.astype(np.int64), 0, piece.shape[0] - 1)
    take_columns = np.clip(across.astype(np.int64), 0, piece.shape[1] - 1)
    frame[rows, columns] = piece[take_rows[:, None], take_columns]


def _fill_from_around(frame: UInt8[np.ndarray, "rows columns 3"], hole: tuple[slice, slice]) -> None:
    """The hole in the colours round it: each pixel the mean of its four nearest rim pixels, the nearer the more."""
    rows, columns = hole
    height, width = rows.stop - rows.start, columns.stop - columns.start
    down, across = np.arange(height)[:, None, None], np.arange(width)[None, :, None]
    total = np.zeros((height, width, 3))
    weight = np.zeros((height, width, 1))
    for there, line, distance in (
        (rows.start > 0, (rows.start - 1, columns), down + 1),
        (rows.stop < frame.shape[0], (min(rows.stop, frame.shape[0] - 1), columns), height - down),
        (columns.start > 0, (rows, columns.start - 1), across + 1),
        (columns.stop < frame.shape[1], (rows, min(columns.stop, frame.shape[1] - 1)), width - across),
    ):
        if there:
            rim = frame[line].astype(np.float64)
            rim = rim[None] if isinstance(line[0], int) else rim[:, None]
            total += rim / distance
            weight += np.broadcast_to(1.0 / distance, weight.shape)
    if weight.any():
        frame[hole] = np.rint(total / weight).astype(np.uint8)
