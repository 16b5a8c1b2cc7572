"""MagicMotion, stage 2 ("box"): a video of coloured outlines on black.

Source: quanhaol/MagicMotion, `trajectory_construction/plan_box.py`: each object in its own colour, lines of a
hundredth of the shorter side, 10 frames per second. The first frame holds filled *masks* there; a scene has boxes
only, so it holds filled boxes here. Its model makes 49 frames of 720 x 480.
"""

from __future__ import annotations

import numpy as np

from boximator.formats.drawing import canvas, fill, outline
from boximator.formats.target import ITSELF, Film, Target, Written
from boximator.formats.tracks import in_pixels
from boximator.scene.colours import COLOURS
from boximator.scene.plan import drawn_boxes

FRAMES, FPS = 49, 10
BLACK = (0, 0, 0)


def write(target: Target) -> Written:
    """One film with as many frames as the scene."""
    drawn, present = drawn_boxes(target.scene)
    boxes = in_pixels(drawn, target.size)
    film = canvas(target.scene.frames, target.size, BLACK)
    thickness = max(1, min(target.size) // 100)
    for frame, picture in enumerate(film):
        for index in np.flatnonzero(present[frame]).tolist():
            x0, y0, x1, y1 = boxes[frame, index].tolist()
            red, green, blue = (round(255 * part) for part in COLOURS[index])
            if frame == 0:
                fill(picture, (x0, y0, x1, y1), (red, green, blue))
            else:
                outline(picture, (x0, y0, x1, y1), (red, green, blue), thickness)
    notes = ["The first frame holds filled boxes; MagicMotion likes masks of the objects there."]
    if target.scene.frames != FRAMES:
        notes.append(
            f"The scene has {target.scene.frames} frames, MagicMotion makes {FRAMES}: add --frames {FRAMES}."
        )
    return Written(files={ITSELF: Film(film, FPS)}, notes=tuple(notes))
