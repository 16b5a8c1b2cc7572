"""A box on every frame -> the few that say the same, within a tolerance in pixels."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from boximator.formats.source import Size
from boximator.scene.scene import Scene
from boximator.scene.track import Track


def simplified(scene: Scene, *, size: Size, tolerance: float) -> Scene:
    """The scene with as few keyframes as follow the given ones within `tolerance` pixels on each edge.

    Douglas and Peucker's rule over time: a gap is bridged by linear interpolation if no box in it is farther
    off than the tolerance; else it is cut at the worst one. Where hard turns soft a keyframe stays. Tracks
    with a path or with easing are left as they are: somebody drew those.
    """
    return replace(scene, tracks=tuple(_thinned(track, size, tolerance) for track in scene.tracks))


def _thinned(track: Track, size: Size, tolerance: float) -> Track:
    keys = track.keyframes
    if track.path is not None or any(key.easing != "linear" for key in keys) or len(keys) < 3:
        return track
    frames = np.asarray([key.frame for key in keys], np.float64)
    boxes = np.asarray([key.box.as_tuple() for key in keys]) * [*size, *size]
    hard = np.asarray([key.hard for key in keys])
    turns = np.flatnonzero(hard[1:] != hard[:-1])
    fixed = sorted({0, len(keys) - 1, *turns.tolist(), *(turns + 1).tolist()})
    kept = set(fixed)
    gaps = list(itertools.pairwise(fixed))
    while gaps:
        start, end = gaps.pop()
        worst, off = _worst(frames[start : end + 1], boxes[start : end + 1])
        if off > tolerance:
            kept.add(start + worst)
            gaps += [(start, start + worst), (start + worst, end)]
    return replace(track, keyframes=tuple(keys[index] for index in sorted(kept)))


def _worst(frames: Float[np.ndarray, " count"], boxes: Float[np.ndarray, "count 4"]) -> tuple[int, float]:
    """Which box is farthest from the straight way between the first and the last, and by how many pixels."""
    share = ((frames - frames[0]) / (frames[-1] - frames[0]))[:, None]
    off = np.abs(boxes - ((1.0 - share) * boxes[0] + share * boxes[-1])).max(axis=1)
    worst = int(off.argmax())
    return worst, float(off[worst])
