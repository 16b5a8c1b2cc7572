"""Rules between fields, written once for scenes in memory and for files that are still being read.

Each rule takes plain lists, in which anything of the wrong type is passed over (another message speaks of
it), and gives every fault with its place relative to the list's owner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boximator.scene.colours import SLOTS
from boximator.scene.problem import Fault, Problem, shortened

_NOT_TEXT = re.compile("[\ud800-\udfff]")

LONGEST_SCENE = 10_000
"""Frames. A plan of this length still is only a few megabytes."""


SMALLEST_SIDE, LARGEST_SIDE = 16, 8192
"""Pixels of a video's width and height."""


@dataclass(frozen=True)
class Outline:
    """What the rules need to know of a track, as far as it could be read."""

    id: object
    frames: Sequence[object]
    has_path: bool


def first_problem(faults: Iterator[Fault]) -> None:
    """Raises the first problem there is: what a constructor does, where a reader collects them all."""
    for fault in faults:
        raise fault.problem


def text_faults(name: str, value: object) -> Iterator[Fault]:
    """Text that can be written to a file (names from a terminal may hold bytes that are not text)."""
    if isinstance(value, str) and _NOT_TEXT.search(value):
        yield Fault(
            name,
            Problem(
                given=f"{name} is {shortened(value)}, which holds bytes that are not text",
                wanted=f"{name} is Unicode text",
                fix="Type it again; a terminal set to UTF-8 helps",
            ),
        )


def keyframe_faults(frames: Sequence[object]) -> Iterator[Fault]:
    """A track has at least one keyframe, and at most one on each frame."""
    if not frames:
        yield Fault(
            "keyframes",
            Problem(
                given="A track has no keyframe",
                wanted="A track has at least one box",
                fix="Add a box on the frame where the object is marked, or remove the track",
            ),
        )
    for index, frame in _repeats(frames):
        yield Fault(
            f"keyframes[{index}].frame",
            Problem(
                given=f"Frame {frame} has two boxes in this track",
                wanted="A track has at most one box on each frame",
                fix="Remove one of the two, or move it to another frame",
            ),
        )


def size_faults(width: object, height: object) -> Iterator[Fault]:
    """Width and height come together, in a range a video can have."""
    for name, value in (("width", width), ("height", height)):
        if _is_count(value) and isinstance(value, int) and not SMALLEST_SIDE <= value <= LARGEST_SIDE:
            yield Fault(
                name,
                Problem(
                    given=f"The scene has {name} = {value}",
                    wanted=f"A video's sides are {SMALLEST_SIDE} to {LARGEST_SIDE} pixels",
                    fix=f"Choose a {name} in that range, or null for the picture's",
                ),
            )
    if (width is None) != (height is None):
        given, missing = ("width", "height") if height is None else ("height", "width")
        yield Fault(
            missing,
            Problem(
                given=f"The scene has a {given} but no {missing}",
                wanted="Width and height are given together, or neither",
                fix=f"Add a {missing}, or set {given} to null so that the picture's size is taken",
            ),
        )


def scene_faults(frames: object, tracks: Sequence[Outline]) -> Iterator[Fault]:
    """All that is wrong between the parts of a scene with this many frames."""
    yield from _track_count(tracks)
    yield from _repeated_ids(tracks)
    if _is_count(frames) and isinstance(frames, int) and frames >= 1:
        for index, track in enumerate(tracks):
            for fault in [*_late_frames(frames, track), *_paths_without_time(frames, track)]:
                yield Fault(f"tracks[{index}].{fault.place}", fault.problem)


def _track_count(tracks: Sequence[Outline]) -> Iterator[Fault]:
    if len(tracks) > SLOTS:
        yield Fault(
            "tracks",
            Problem(
                given=f"The scene has {len(tracks)} tracks",
                wanted=f"A scene has at most {SLOTS}, because a frame has {SLOTS} control tokens",
                fix="Remove some, or put objects that move together into one box",
            ),
        )


def _repeated_ids(tracks: Sequence[Outline]) -> Iterator[Fault]:
    ids = [track.id for track in tracks]
    free = [number for number in range(1, SLOTS + 1) if number not in ids]
    for index, number in _repeats(ids):
        yield Fault(
            f"tracks[{index}].id",
            Problem(
                given=f"The id {number} is used by two tracks",
                wanted="Each track has its own id",
                fix=f"Give this one another id, for example {free[0]}" if free else "Remove one of the two",
            ),
        )


def _late_frames(frames: int, track: Outline) -> Iterator[Fault]:
    for index, frame in enumerate(track.frames):
        if _is_count(frame) and isinstance(frame, int) and frame >= frames:
            yield Fault(
                f"keyframes[{index}].frame",
                Problem(
                    given=f"A keyframe is on frame {frame}, but the scene has {frames} frame(s)",
                    wanted=f"Frames are counted from 0, so the last one is {frames - 1}",
                    fix=f"Move the keyframe to frame {frames - 1} or earlier, or raise frames to {frame + 1}",
                ),
            )


def _paths_without_time(frames: int, track: Outline) -> Iterator[Fault]:
    if track.has_path and len(track.frames) == 1 and track.frames[0] == frames - 1:
        yield Fault(
            "path",
            Problem(
                given=f"The only box of this track is on the last frame ({frames - 1}), and it has a path",
                wanted="A path leads from a box to later frames, or from one box to another",
                fix="Move the box to an earlier frame such as 0, add a box at the start, or remove the path",
            ),
        )


def _repeats(values: Sequence[object]) -> Iterator[tuple[int, object]]:
    """Each value that has been seen before, with its index."""
    seen: set[object] = set()
    for index, value in enumerate(values):
        if not _is_count(value):
            continue
        if value in seen:
            yield index, value
        seen.add(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
