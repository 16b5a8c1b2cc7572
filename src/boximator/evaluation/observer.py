"""Find the world's known objects in any frames that start with their clip's first frame.

The observer knows what every object looks like and where it stands in the given first frame. It knows neither
where the objects truly went nor where they were asked to go, so that a disobedient object is seen where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from boximator.evaluation.appearance import Look, Poses, evidence, look_of, placed, softened
from boximator.evaluation.link import ABSENT, best_chain
from boximator.evaluation.refine import polished, searched
from boximator.evaluation.scan import Ground, prepare, scan
from boximator.world.clip import SLOTS, Clip

FOUND = 0.45
LEAST_SHOWN = 0.12
_SCANNED = 3


@dataclass(frozen=True)
class Observation:
    """Where each object was seen. ``boxes`` are of the whole object, clamped to the frame; zero where not found.

    ``scores`` are the mean agreement of the object's visible points, -0.35 to 1.
    """

    found: Bool[np.ndarray, "frames 8"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    scores: Float32[np.ndarray, "frames 8"]


def observe(clip: Clip, *, frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Observation:
    """Find every boxed object of ``clip`` in ``frames``, which start with the clip's first frame and have its size."""
    assert frames.shape[1:3] == clip.size, "frames of the clip's own size"
    blur = 0.6 * max(clip.size) / 128
    soft = [softened(frame, blur=blur) for frame in frames]
    ground = prepare(frames)
    count = len(frames)
    scenery = np.concatenate([frame[::6, ::6].reshape(-1, 3) for frame in soft[:: max(1, count // 4)]])
    found = np.zeros((count, SLOTS), bool)
    boxes, scores = np.zeros((count, SLOTS, 4), np.float32), np.zeros((count, SLOTS), np.float32)
    for slot, template in enumerate(clip.templates):
        if template is None:
            continue
        look = look_of(template, blur=blur, scenery=scenery)
        first = clip.affines[0, slot] if clip.inside[0, slot] else None
        candidates = [searched_all(look, soft=soft[t], poses=p, seed=t) for t, p in enumerate(scan(ground, template=template, count=_SCANNED))]
        track = _track(look, soft=soft, candidates=candidates, first=first)
        for t, seen in enumerate(track):
            if seen is not None:
                found[t, slot] = True
                scores[t, slot] = seen[1]
                boxes[t, slot] = box_of(look, pose=seen[0], size=clip.size)
    return Observation(found=found, boxes=boxes, scores=scores)


def searched_all(look: Look, *, soft: np.ndarray, poses: Poses, seed: int) -> Poses:
    if not len(poses):
        return poses
    return searched(look, frame=soft, poses=poses, rng=np.random.default_rng(seed))


def _scores(look: Look, *, soft: list[np.ndarray], candidates: list[Poses]) -> list[np.ndarray]:
    out: list[np.ndarray] = []
    for frame, poses in zip(soft, candidates, strict=True):
        seen = evidence(look, frame=frame, poses=poses)
        out.append(np.where(seen.shown >= LEAST_SHOWN, seen.agreement, -1.0))
    return out


def _track(look: Look, *, soft: list[np.ndarray], candidates: list[Poses], first: np.ndarray | None) -> list[tuple[np.ndarray, float] | None]:
    if first is not None:
        candidates = [first[None], *candidates[1:]]
    for round_ in range(2):
        chain = _chain(look, soft=soft, candidates=candidates)
        candidates = [
            np.concatenate([poses, _passed_on(look, soft=soft[t], candidates=candidates, chain=chain, frame=t, seed=round_)])
            if t or first is None else poses
            for t, poses in enumerate(candidates)
        ]  # fmt: skip
    chain = _chain(look, soft=soft, candidates=candidates)
    track: list[tuple[np.ndarray, float] | None] = []
    for t, index in enumerate(chain):
        if index == ABSENT:
            track.append(None)
            continue
        pose = candidates[t][index][None]
        if t or first is None:
            pose = polished(look, frame=soft[t], poses=pose)
        seen = evidence(look, frame=soft[t], poses=pose)
        good = seen.agreement[0] >= FOUND and seen.shown[0] >= LEAST_SHOWN
        track.append((pose[0], float(seen.agreement[0])) if good or (t == 0 and first is not None) else None)
    return track


def _chain(look: Look, *, soft: list[np.ndarray], candidates: list[Poses]) -> list[int]:
    scores = _scores(look, soft=soft, candidates=candidates)
    return best_chain(candidates, scores=scores, absent=FOUND - 0.1, centre=look.centre, radius=look.radius)


def _passed_on(look: Look, *, soft: np.ndarray, candidates: list[Poses], chain: list[int], frame: int, seed: int) -> Poses:
    """The poses of the nearest frames before and after in which the object was seen, searched on from there."""
    seen = [t for t, index in enumerate(chain) if index != ABSENT]
    before = [t for t in seen if t < frame][-2:]
    after = [t for t in seen if t > frame][:2]
    starts = [candidates[t][chain[t]] for t in (*before[-1:], *after[:1])]
    if before and after:
        a, b = before[-1], after[0]
        share = (frame - a) / (b - a)
        starts.append((1 - share) * starts[0] + share * starts[1])
    if len(before) == 2:
        a, b = (candidates[t][chain[t]] for t in before)
        starts.append(b + (b - a) * (frame - before[1]) / (before[1] - before[0]))
    if not starts:
        return np.zeros((0, 2, 3))
    return searched(look, frame=soft, poses=np.stack(starts), rng=np.random.default_rng([1, seed, frame]))


def box_of(look: Look, *, pose: np.ndarray, size: tuple[int, int]) -> Float32[np.ndarray, "4"]:
    """The whole object's extent at a pose, clamped to the frame, as the world measures it."""
    height, width = size
    corners = look.hull @ pose[:, :2].T + pose[:, 2]
    low, high = corners.min(axis=0), corners.max(axis=0) + 1
    return np.clip(np.array([low[0] / width, low[1] / height, high[0] / width, high[1] / height]), 0, 1).astype(np.float32)
