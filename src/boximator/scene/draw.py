"""Boxes and paths drawn on frames, in numpy alone: solid is hard, dashed is soft, dots show the speed."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, UInt8

from boximator.scene.plan import ControlPlan, plan
from boximator.scene.scene import Scene

DIGITS = {
    "0": "111101101101111",
    "1": "010110010010111",
    "2": "111001111100111",
    "3": "111001111001111",
    "4": "101101111001001",
    "5": "111100111001111",
    "6": "111100111101111",
    "7": "111001010010010",
    "8": "111101111101111",
    "9": "111101111001111",
    "/": "001001010100100",
}
"""Letters of 3 x 5 pixels, row by row: enough to number frames without a font."""

Frame = UInt8[np.ndarray, "rows columns 3"]
Colour = UInt8[np.ndarray, " 3"]


def draw_boxes(frame: Frame, plan: ControlPlan, frame_index: int) -> Frame:
    """A copy of `frame` with the plan's boxes of that frame in their colours: hard solid, soft dashed.

    Lines lie inside the boxes' edges, with a thin dark seam so that they show on any ground. A segment on
    the border is drawn as a line along it.
    """
    drawn = frame.copy()
    rows, columns, _ = frame.shape
    for slot in np.flatnonzero(plan.present[frame_index]):
        edges = _pixel_edges(plan.boxes[frame_index, slot], rows, columns, _line_width(frame))
        outline = _outline(rows, columns, edges, _line_width(frame))
        seam = _outline(rows, columns, edges, _line_width(frame) + 1)
        if not plan.hard[frame_index, slot]:
            dashes = _dashes(rows, columns, edges, 4 * _line_width(frame))
            outline, seam = outline & dashes, seam & dashes
        drawn[seam] = 0
        drawn[outline] = _rgb(plan, slot)
    return drawn


def draw_dots(frame: Frame, centres: ControlPlan, frame_index: int) -> Frame:
    """A copy of `frame` with a dot at the centre of each track's box on every frame, the current one larger.

    Equal distances are equal speed. `centres` is a plan without relaxation, since relaxed boxes that are
    clamped have their centres elsewhere.
    """
    drawn = frame.copy()
    radius = _line_width(frame)
    for slot in np.flatnonzero(centres.present.any(axis=0)):
        boxes = centres.boxes[:, slot]
        if np.ptp(boxes[centres.present[:, slot]], axis=0).max(initial=0.0) < 1e-6:
            continue  # what stands still has no way to show
        for index in np.flatnonzero(centres.present[:, slot]):
            size = 2 * radius if index == frame_index else radius
            _disc(drawn, boxes[index].reshape(2, 2).mean(axis=0), size + 1, np.zeros(3, np.uint8))
            _disc(drawn, boxes[index].reshape(2, 2).mean(axis=0), size, _rgb(centres, slot))
    return drawn


def draw_number(frame: Frame, words: str) -> Frame:
    """A copy of `frame` with digits (and "/") in its top left corner, white on black."""
    letters = [np.pad(_letter(sign), 1) for sign in words]
    scale = max(1, min(frame.shape[:2]) // 120)
    label = np.kron(np.concatenate(letters, axis=1), np.ones((scale, scale), np.bool_))
    label = label[: frame.shape[0], : frame.shape[1]]
    drawn = frame.copy()
    drawn[: label.shape[0], : label.shape[1]] = np.where(label[..., None], 255, 0)
    return drawn


def preview_frames(
    frames: UInt8[np.ndarray, "frames rows columns 3"], scene: Scene, passed_on: ControlPlan
) -> UInt8[np.ndarray, "frames rows columns 3"]:
    """What is passed on to the model, drawn over `frames`: one picture (it is repeated), or a result.

    Args:
        frames: one frame, or as many as the plan has.
        scene: whose ways are dotted.
        passed_on: the plan of that scene, with whatever relaxation was chosen.
    """
    assert len(frames) in (1, passed_on.frames), "one frame, or one for each of the plan"
    centres = plan(scene, margin=0.0)
    drawn: list[Frame] = []
    for index in range(passed_on.frames):
        frame = frames[index if len(frames) > 1 else 0]
        frame = draw_boxes(draw_dots(frame, centres, index), passed_on, index)
        drawn.append(draw_number(frame, f"{index}/{passed_on.frames - 1}"))
    return np.stack(drawn)


def _line_width(frame: Frame) -> int:
    return max(1, round(min(frame.shape[:2]) / 160))


def _rgb(plan: ControlPlan, slot: int | np.integer) -> Colour:
    return np.rint(255 * plan.colours[slot]).astype(np.uint8)


def _pixel_edges(box: np.ndarray, rows: int, columns: int, width: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom in pixels, half open, inside the frame and at least a line wide."""
    x0, y0, x1, y1 = (round(float(value)) for value in box * [columns, rows, columns, rows])
    x0, y0 = min(x0, columns - min(width, columns)), min(y0, rows - min(width, rows))
    return x0, y0, max(x1, x0 + width), max(y1, y0 + width)


def _outline(
    rows: int, columns: int, edges: tuple[int, int, int, int], width: int
) -> Bool[np.ndarray, "rows columns"]:
    """The pixels of a rectangle's line, `width` pixels inwards from its edges."""
    x0, y0, x1, y1 = edges
    mask = np.zeros((rows, columns), np.bool_)
    mask[y0:y1, x0:x1] = True
    mask[y0 + width : max(y1 - width, y0 + width), x0 + width : max(x1 - width, x0 + width)] = False
    return mask


def _dashes(
    rows: int, columns: int, edges: tuple[int, int, int, int], length: int
) -> Bool[np.ndarray, "rows columns"]:
    """Where dashes are: on upright lines by row, on level lines by column, whole ones at the corners."""
    x0, y0, x1, y1 = edges
    y, x = np.mgrid[:rows, :columns]
    beside = np.minimum(np.abs(x - x0), np.abs(x1 - 1 - x))
    above = np.minimum(np.abs(y - y0), np.abs(y1 - 1 - y))
    along = np.where(beside < above, above, beside)
    return along // length % 2 == 0


def _disc(frame: Frame, centre: np.ndarray, radius: int, colour: Colour) -> None:
    """A filled disc, in place."""
    rows, columns, _ = frame.shape
    x, y = centre * [columns, rows]
    top, left = max(0, int(y) - radius - 1), max(0, int(x) - radius - 1)
    patch = frame[top : int(y) + radius + 2, left : int(x) + radius + 2]
    row, column = np.mgrid[: patch.shape[0], : patch.shape[1]]
    near = (row + top + 0.5 - y) ** 2 + (column + left + 0.5 - x) ** 2 <= (radius + 0.5) ** 2
    patch[near] = colour


def _letter(sign: str) -> Bool[np.ndarray, "5 3"]:
    return np.array([mark == "1" for mark in DIGITS[sign]]).reshape(5, 3)
