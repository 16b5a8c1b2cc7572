"""Which frames to tell a tool that interpolates linearly between keyframes."""

from __future__ import annotations

from collections.abc import Iterator

from boximator.scene.track import Track


def told_frames(track: Track, frames: int) -> Iterator[tuple[int, bool]]:
    """The track's keyframes and every frame between that linear interpolation would not find; True if hard."""
    keys = {key.frame: key for key in track.keyframes}
    bent = track.path is not None
    for frame in range(track.keyframes[0].frame, last_frame(track, frames) + 1):
        if frame in keys:
            bent = track.path is not None or keys[frame].easing != "linear"
            yield frame, keys[frame].hard
        elif bent:
            yield frame, False


def last_frame(track: Track, frames: int) -> int:
    """The last frame the track says something on: a path from a single box leads on to the end."""
    leads_on = track.path is not None and len(track.keyframes) == 1
    return frames - 1 if leads_on else track.keyframes[-1].frame
