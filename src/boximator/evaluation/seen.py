"""How well every track of one result is obeyed: its thing, found again in each frame by its looks alone.

What is looked for is what the first frame shows in a track's first box. Where it is found does not depend on where
it was asked to go: of the scene only the first boxes are used to look, all others only to compare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from boximator.evaluation.arrival import SCALES, find
from boximator.scene.box import clamp, iou, outside
from boximator.scene.plan import drawn_boxes
from boximator.scene.scene import Scene
from boximator.scene.track import Track

Coordinates = tuple[float, float, float, float]
Boxes = dict[int, Coordinates | None]
"""By frame: where a thing was found, or None; frames that were not looked at are missing."""
Wanted = Float[np.ndarray, " 4"] | None
"""The box that was asked for, None if there was none in the frame."""

FOUND = 0.5
"""Likeness from which a thing counts as found. On the world's held-out clips, whose things turn and hide each other,
91% of the frames pass, and the place found overlaps the true one by 0.72 in the mean (LOG.md)."""

MOST_FRAMES = 49
"""Of a longer video so many frames are looked at, evenly spread."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One track in the result.

    Attributes:
        id: of the track.
        boxes: per frame where its thing is; None where it was not found, or not looked for.
        iou: per frame the overlap with the box that was asked for, 0 where nothing was found; None where no box in
            the frame was asked for, or the frame was not looked at.
        mean_iou: over the frames after the first (which is given) between or on hard boxes; None if there are none.
    """

    id: int
    boxes: tuple[Coordinates | None, ...]
    iou: tuple[float | None, ...]
    mean_iou: float | None


def seen_tracks(scene: Scene, *, frames: UInt8[np.ndarray, "frames rows columns 3"]) -> tuple[Seen, ...]:
    """Every track that says in the first frame what to look for; ``frames`` start with the given picture.

    Things that come in later have no looks yet: their tracks are left out.
    """
    asked, present = drawn_boxes(scene)
    at = np.unique(np.round(np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES))).astype(int))
    found: list[Seen] = []
    for index, track in enumerate(scene.tracks):
        wanted: list[Wanted] = [
            asked[t, index] if present[t, index] and not outside(asked[t, index]) else None
            for t in range(len(frames))
        ]
        boxes = None if wanted[0] is None else _followed(frames, box=wanted[0], at=at.tolist())
        if boxes is not None:
            found.append(_compared(track, wanted=wanted, boxes=boxes))
    return tuple(found)


def _followed(
    frames: UInt8[np.ndarray, "frames rows columns 3"], *, box: Float[np.ndarray, " 4"], at: list[int]
) -> Boxes | None:
    """Where the content of the first frame's box is; None where there is too little of it to look for.

    Things change their size slowly, so from frame to frame only the nearest sizes are tried.
    """
    found: Boxes = {}
    scales = SCALES
    for t in at:
        place = find(frames[t], first=frames[0], box=box, scales=scales)
        if place is None or place.likeness < FOUND:
            if t == 0:  # too small, or too plain to be told from anything
                return None
            found[t] = None
            continue
        index = SCALES.index(place.scale)
        scales = SCALES[max(0, index - 1) : index + 2]
        found[t] = _coordinates(place.box)
    return found


def _coordinates(box: Float[np.ndarray, " 4"]) -> Coordinates:
    x0, y0, x1, y1 = (round(float(value), 5) for value in box)
    return x0, y0, x1, y1


def _compared(track: Track, *, wanted: list[Wanted], boxes: Boxes) -> Seen:
    """The boxes that were found beside those that were asked for."""
    frames = range(len(wanted))
    overlaps = [_overlap(wanted[t], boxes[t]) if t in boxes else None for t in frames]
    exact = [
        overlap for t, overlap in enumerate(overlaps) if t > 0 and overlap is not None and _exact(track, t)
    ]
    return Seen(
        id=track.id,
        boxes=tuple(boxes.get(t) for t in frames),
        iou=tuple(overlaps),
        mean_iou=round(float(np.mean(exact)), 4) if exact else None,
    )


def _overlap(wanted: Wanted, found: Coordinates | None) -> float | None:
    if wanted is None:
        return None
    return 0.0 if found is None else round(float(iou(np.asarray(found), clamp(wanted))), 4)


def _exact(track: Track, frame: int) -> bool:
    """Whether the boxes the person drew next to this frame are hard: a soft one is a region, and larger."""
    before = [key for key in track.keyframes if key.frame <= frame][-1:]
    after = [key for key in track.keyframes if key.frame >= frame][:1]
    return all(key.hard for key in (*before, *after))
