"""Find the world's known objects in any frames that start with their clip's first frame.

The observer knows what every object looks like, which is nearer, and where each stands in the given first frame. It
knows neither where the objects truly went nor where they were asked to go, so a disobedient object is seen where
it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from boximator.evaluation.evidence import View
from boximator.evaluation.follow import Track, bridged, follow, improved
from boximator.evaluation.look import Look, look_of, softened
from boximator.evaluation.scan import prepare, scan
from boximator.world.clip import SLOTS, Clip

_SCANNED = 3  # places of each frame that are looked at closely


@dataclass(frozen=True)
class Observation:
    """Where each object was seen.

    ``boxes`` are of the whole object, clamped to the frame, zero where there is none; ``scores`` the agreement of
    what shows of it (up to 1). ``hidden`` marks frames where it was not seen but other objects stand at the place
    between its last and its next sighting; the box is then that place.
    """

    found: Bool[np.ndarray, "frames 8"]
    hidden: Bool[np.ndarray, "frames 8"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    scores: Float32[np.ndarray, "frames 8"]


def observe(clip: Clip, *, frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Observation:
    """Find every boxed object of ``clip`` in ``frames``, which start with the clip's first frame and have its size."""
    assert frames.shape[1:3] == clip.size, "frames of the clip's own size"
    blur = 0.6 * max(clip.size) / 128
    views = [View(colours=softened(frame, blur=blur)) for frame in frames]
    ground = prepare(frames)
    slots = [slot for slot, template in enumerate(clip.templates) if template is not None]
    looks = {slot: look_of(_template(clip, slot), blur=blur, scenery=ground.scenery) for slot in slots}
    tracks: dict[int, Track] = {}
    found, hidden = np.zeros((len(frames), SLOTS), bool), np.zeros((len(frames), SLOTS), bool)
    boxes, scores = np.zeros((len(frames), SLOTS, 4), np.float32), np.zeros((len(frames), SLOTS), np.float32)
    for slot in sorted(slots, key=lambda slot: -clip.depth[slot]):
        look, seen = looks[slot], _covered(clip, views=views, tracks=tracks)
        places = scan(look, template=_template(clip, slot), ground=ground, count=_SCANNED)
        known = clip.affines[0, slot] if clip.inside[0, slot] else None
        places = improved(look, views=seen, candidates=places, salt=0)
        tracks[slot] = follow(look, views=seen, candidates=places, known=known)
        for t, sighting in enumerate(tracks[slot]):
            if sighting is not None:
                found[t, slot], scores[t, slot] = True, sighting.score
                boxes[t, slot] = box_of(look, pose=sighting.pose, size=clip.size)
        for t, pose in bridged(look, views=seen, track=tracks[slot]).items():
            hidden[t, slot] = True
            boxes[t, slot] = box_of(look, pose=pose, size=clip.size)
    return Observation(found=found, hidden=hidden, boxes=boxes, scores=scores)


def _template(clip: Clip, slot: int) -> UInt8[np.ndarray, "rows columns 4"]:
    template = clip.templates[slot]
    assert template is not None, "a slot with an object"
    return template


def _covered(clip: Clip, *, views: list[View], tracks: dict[int, Track]) -> list[View]:
    """The views with the places marked where the objects followed so far were seen."""
    return [
        replace(view, covered=_cover(clip, view=view, tracks=tracks, frame=t)) for t, view in enumerate(views)
    ]


def _cover(
    clip: Clip, *, view: View, tracks: dict[int, Track], frame: int
) -> Float32[np.ndarray, "rows columns"] | None:
    height, width = view.colours.shape[:2]
    cover = np.zeros((height, width), np.float32)
    for slot, track in tracks.items():
        sighting = track[frame]
        if sighting is not None:
            drawn = cv2.warpAffine(
                _template(clip, slot).astype(np.float32) / 255, sighting.pose, (width, height)
            )
            square = np.square(view.colours - drawn[..., :3]).sum(axis=-1)
            cover[(drawn[..., 3] > 0.5) & (square < 0.09)] = 1
    return cv2.morphologyEx(cover, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) if cover.any() else None


def box_of(look: Look, *, pose: Float[np.ndarray, "2 3"], size: tuple[int, int]) -> Float32[np.ndarray, " 4"]:
    """The whole object's extent at a pose, clamped to the frame, as the world measures it."""
    height, width = size
    corners = look.hull @ pose[:, :2].T + pose[:, 2]
    low, high = corners.min(axis=0), corners.max(axis=0) + 1
    return np.clip(
        np.array([low[0] / width, low[1] / height, high[0] / width, high[1] / height]), 0, 1
    ).astype(np.float32)
