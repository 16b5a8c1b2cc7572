"""Cut and drag: what the boxes hold of the first picture, pasted where the boxes go (Time-to-Move)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, UInt8

from boximator.guidance.regions import objects
from boximator.scene.plan import ControlPlan

_FILL_RADIUS = 3.0  # pixels that the filling of holes looks at


@dataclass(frozen=True, eq=False, kw_only=True)
class Reference:
    """A crude clip that shows the asked motion, and the plan it was made from (with boxes not relaxed)."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    plan: ControlPlan


def cut_and_drag(picture: UInt8[np.ndarray, "height width 3"], *, plan: ControlPlan) -> Reference:
    """Frame 0 is the picture. In later frames the holes are filled from their rims, and the boxes' content
    (of later tracks over that of earlier ones) stands resized in the boxes of that frame.

    Raises:
        Problem: no box with an area in frame 0.
    """
    slots = objects(plan, first=True)
    plate = _plate(picture, boxes=plan.boxes[0, list(slots)])
    frames = np.repeat(plate[None], plan.frames, axis=0)
    frames[0] = picture
    for t in range(1, plan.frames):
        for slot in slots:
            if plan.present[t, slot]:
                _paste(frames[t], picture=picture, source=plan.boxes[0, slot], target=plan.boxes[t, slot])
    return Reference(frames=frames, plan=plan)


def _pixels(box: Float[np.ndarray, "4"], *, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    height, width = size
    left, top, right, bottom = np.round(box * [width, height, width, height]).astype(int)
    return left, top, right, bottom


def _plate(
    picture: UInt8[np.ndarray, "height width 3"], *, boxes: Float[np.ndarray, "objects 4"]
) -> UInt8[np.ndarray, "height width 3"]:
    """The picture without what the boxes hold, filled from the rims."""
    hole: Bool[np.ndarray, "height width"] = np.zeros(picture.shape[:2], np.bool_)
    for box in boxes:
        left, top, right, bottom = _pixels(box, size=picture.shape[:2])
        hole[top:bottom, left:right] = True
    if hole.all():
        return picture.copy()
    return cv2.inpaint(picture, hole.astype(np.uint8), _FILL_RADIUS, cv2.INPAINT_TELEA).astype(np.uint8)


def _paste(
    frame: UInt8[np.ndarray, "height width 3"],
    *,
    picture: UInt8[np.ndarray, "height width 3"],
    source: Float[np.ndarray, "4"],
    target: Float[np.ndarray, "4"],
) -> None:
    """In place."""
    size = picture.shape[:2]
    x0, y0, x1, y1 = _pixels(source, size=size)
    left, top, right, bottom = _pixels(target, size=size)
    if right > left and bottom > top and x1 > x0 and y1 > y0:
        content = cv2.resize(
            picture[y0:y1, x0:x1], (right - left, bottom - top), interpolation=cv2.INTER_AREA
        )
        frame[top:bottom, left:right] = content
