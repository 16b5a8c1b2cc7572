"""What comes in is carried from the last picture: the first one does not show it, and a small model cannot paint it.

Read backwards, a thing that comes in and stands somewhere in the last picture is one that leaves: it is cut out of the
last picture at its last box, held to its boxes (`boximator.pocket.hold`), and drawn over the frames.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.pocket.claim import likely, window
from boximator.pocket.cutout import CutOut
from boximator.pocket.hold import Wish, held, outline, wishes
from boximator.pocket.matte import matte
from boximator.pocket.plate import Shown, plate
from boximator.scene.plan import ControlPlan

_FINE = 192  # cells along the shorter side in which a thing is sought in its box
_UNSURE = 0.1  # coverage in a box on which the picture's own edges decide
_MARGIN = 0.03  # of the frame: so far a thing may reach beyond its box


def entered(
    last: UInt8[np.ndarray, "height width 3"], *, boxes: ControlPlan
) -> tuple[list[CutOut], tuple[int, ...]]:
    """The things that come in and have an exact box in the last frame, large before small, and their slots."""
    found: list[tuple[float, CutOut, int]] = []
    for slot in range(boxes.boxes.shape[1]):
        wish = _backwards(boxes, slot=slot)
        if wish is None:
            continue
        alpha = outlined(last, box=wish.first)
        pixels = np.concatenate([last.astype(np.float32) * alpha[..., None], alpha[..., None]], axis=-1)
        still = np.tile(np.eye(3)[:2], (boxes.frames, 1, 1))
        maps = held(still, wish=wish, points=outline(alpha, box=wish.first))
        area = float((wish.first[2:] - wish.first[:2]).prod())
        found.append((-area, CutOut(pixels=pixels, maps=maps[::-1]), slot))
    found.sort(key=lambda entry: entry[0])
    return [thing for _, thing, _ in found], tuple(slot for _, _, slot in found)


def without(boxes: ControlPlan, *, slots: tuple[int, ...]) -> ControlPlan:
    """The plan without the boxes of some slots."""
    present = boxes.present.copy()
    present[:, list(slots)] = False
    return replace(boxes, present=present)


def outlined(
    photo: UInt8[np.ndarray, "height width 3"], *, box: Float[np.ndarray, "4"]
) -> Float32[np.ndarray, "height width"]:
    """Alpha of the thing in a box, by the picture alone."""
    wish = Wish(boxes=box[None].astype(float), hard=np.ones(1, bool), soft=np.zeros(1, bool))
    height, width = photo.shape[:2]
    scale = _FINE / min(height, width)
    shape = (max(1, round(height * scale)), max(1, round(width * scale)))
    sure = np.maximum(likely(wish, shape=shape, others=[]), _UNSURE)
    return matte(photo, coverage=window(wish.first, shape=shape, margin=_MARGIN) * sure)


def cleared(
    photo: UInt8[np.ndarray, "height width 3"], *, box: Float[np.ndarray, "4"]
) -> UInt8[np.ndarray, "height width 3"]:
    """The picture without the thing in a box, filled from what surrounds it."""
    small = tuple(max(2, side // 16) for side in photo.shape[:2])
    nothing = Shown(
        colour=np.zeros((*small, 3), np.float32),
        weight=np.zeros(small, np.float32),
    )
    alpha = outlined(photo, box=box)
    return plate(photo, alpha=alpha, shown=nothing, margin=(0, 0), exact=False).pixels


def _backwards(boxes: ControlPlan, *, slot: int) -> Wish | None:
    """A slot's boxes from the last frame to the first; None unless it comes in and stands in an exact box at last."""
    only = np.zeros_like(boxes.present)
    only[:, slot] = boxes.present[:, slot]
    if wishes(replace(boxes, present=only)):
        return None  # it shows in the first picture
    turned = replace(boxes, boxes=boxes.boxes[::-1], hard=boxes.hard[::-1], present=only[::-1])
    return next(iter(wishes(turned)), None)


def fitted_to(
    last: UInt8[np.ndarray, "h w 3"], *, photo: UInt8[np.ndarray, "height width 3"]
) -> UInt8[np.ndarray, "height width 3"]:
    """The last picture at the photograph's size."""
    if last.shape == photo.shape:
        return last
    how = cv2.INTER_AREA if last.shape[0] >= photo.shape[0] else cv2.INTER_CUBIC
    return cv2.resize(last, photo.shape[1::-1], interpolation=how).astype(np.uint8)
