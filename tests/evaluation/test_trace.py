from __future__ import annotations

import numpy as np
import pytest

from boximator.evaluation.trace import box_traced, traced_frames
from boximator.scene.colours import COLOURS
from boximator.world.make import make_clip

SEEDS = (0, 1, 7)
CELL = 4


def outlined(frame: np.ndarray, *, box: np.ndarray, colour: np.ndarray, share: float) -> np.ndarray:
    """A box drawn as training draws it: one state cell wide, on whole cells, here mixed in by a share."""
    left, top = np.floor(box[:2] * 32).astype(int) * CELL
    right, bottom = np.ceil(box[2:] * 32).astype(int) * CELL
    ring = np.zeros(frame.shape[:2], bool)
    ring[top:bottom, left:right] = True
    ring[top + CELL : bottom - CELL, left + CELL : right - CELL] = False
    mixed = (1 - share) * frame.astype(float) + share * 255 * colour
    return np.where(ring[..., None], mixed, frame).astype(np.uint8)


def test_true_clips_show_next_to_no_boxes() -> None:
    traced = asked = 0
    for seed in range(8):
        clip = make_clip(seed, split="heldout", stride=8)
        slots = np.flatnonzero(clip.present)
        for first in range(
            8
        ):  # every object under every colour; now and then a thing really has it at its edge
            colours = np.array([COLOURS[(first + slot) % 8] for slot in slots])
            boxes = clip.boxes[:, slots].astype(float)
            traced += traced_frames(clip.frames, boxes=boxes, colours=colours)
            asked += len(clip.frames) - 1
    assert traced / asked < 0.02


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_drawn_boxes_are_noticed(share: float) -> None:
    noticed = drawn = 0
    for seed in SEEDS:
        clip = make_clip(seed, split="heldout", stride=8)
        for slot in np.flatnonzero(clip.present):
            for t in range(1, 16, 3):
                box, colour = clip.boxes[t, slot].astype(float), np.array(COLOURS[slot])
                frame = outlined(clip.frames[t], box=box, colour=colour, share=share)
                drawn += 1
                noticed += box_traced(frame, box=box, colour=colour)
    assert noticed / drawn > 0.9


def test_a_line_of_another_colour_is_no_trace() -> None:
    frame = np.full((128, 128, 3), 90, np.uint8)
    box = np.array([0.25, 0.25, 0.75, 0.75])
    red, white = np.array([1.0, 0.0, 0.0]), np.ones(3)
    assert box_traced(outlined(frame, box=box, colour=red, share=1.0), box=box, colour=red)
    assert not box_traced(outlined(frame, box=box, colour=white, share=1.0), box=box, colour=red)
    assert not box_traced(frame, box=box, colour=red)


def test_a_thing_of_the_colour_is_no_outline() -> None:
    frame = np.full((128, 128, 3), 90, np.uint8)
    frame[32:96, 32:96] = [255, 0, 0]
    assert not box_traced(frame, box=np.array([0.25, 0.25, 0.75, 0.75]), colour=np.array([1.0, 0.0, 0.0]))
