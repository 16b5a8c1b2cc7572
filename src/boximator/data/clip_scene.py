"""The scene a person would have drawn for a world clip: first and last box of every object."""

from __future__ import annotations

from boximator.scene.box import Box
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track
from boximator.world.clip import Clip


def clip_scene(clip: Clip, *, seed: int = 0) -> Scene:
    """Hard boxes on the first and last frame, as in the paper's evaluation (section 8.1 of its protocol)."""
    last = clip.frames.shape[0] - 1
    tracks = tuple(
        Track(
            id=slot + 1,
            label=clip.labels[slot],
            keyframes=tuple(
                Keyframe(frame=frame, box=Box(*(float(v) for v in clip.boxes[frame, slot])))
                for frame in (0, last)
            ),
        )
        for slot in range(len(clip.labels))
        if clip.present[slot]
    )
    return Scene(prompt=clip.caption, frames=last + 1, seed=seed, tracks=tracks)
