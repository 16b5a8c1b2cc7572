"""A scene in another number of frames."""

from __future__ import annotations

from dataclasses import replace

from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Track


def retimed(scene: Scene, *, frames: int) -> Scene:
    """The scene in so many frames: every keyframe goes to the nearest of them.

    Where several meet, a track's first and last keyframe stay, and of the others the earliest.

    Raises:
        Problem: the scene has one frame, and more are wanted.
    """
    if scene.frames == frames:
        return scene
    if scene.frames < 2:
        raise Problem(
            given=f"The scene has {scene.frames} frame",
            wanted="A video needs at least 2 frames",
            fix='Set "frames" to 16, say',
        )
    stretch = (frames - 1) / (scene.frames - 1)
    tracks = tuple(_stretched(track, stretch=stretch, frames=frames) for track in scene.tracks)
    return replace(scene, frames=frames, tracks=tracks)


def _stretched(track: Track, *, stretch: float, frames: int) -> Track:
    first, last = track.keyframes[0], track.keyframes[-1]
    start, end = round(first.frame * stretch), round(last.frame * stretch)
    if first is not last or track.path is not None:  # something has to come after it
        start = min(start, frames - 2)
    kept = {start: first}
    if first is not last:
        kept[max(end, start + 1)] = last
    for key in track.keyframes[1:-1]:
        frame = round(key.frame * stretch)
        if start < frame < end:
            kept.setdefault(frame, key)
    keys = tuple(replace(key, frame=frame) for frame, key in kept.items())
    return replace(track, keyframes=keys)
