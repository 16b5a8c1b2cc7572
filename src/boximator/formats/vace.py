"""VACE "layout": a video of black rectangles on white.

Source: ali-vilab/VACE, `LayoutTrackAnnotator` in `vace/annotators/layout.py`: white ground, the object's outline in
its colour (black unless a label has one), 3 pixels thick. Pass the prompt and the first picture on beside it.
"""

from __future__ import annotations

from boximator.formats.drawing import canvas, outline
from boximator.formats.target import ITSELF, Film, Target, Written
from boximator.formats.tracks import in_pixels
from boximator.scene.plan import drawn_boxes

THICKNESS = 3
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def write(target: Target) -> Written:
    """One film with as many frames as the scene."""
    drawn, present = drawn_boxes(target.scene)
    boxes = in_pixels(drawn, target.size)
    film = canvas(target.scene.frames, target.size, WHITE)
    for frame, picture in enumerate(film):
        for index in range(len(target.scene.tracks)):
            if present[frame, index]:
                x0, y0, x1, y1 = boxes[frame, index].tolist()
                outline(picture, (x0, y0, x1, y1), BLACK, THICKNESS)
    return Written(files={ITSELF: Film(film, target.scene.fps)})
