"""Objects with boxes by frame -> a scene: at most eight of them, numbered, with words on what had to go."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from boximator.formats.source import Size
from boximator.scene.box import Box
from boximator.scene.colours import SLOTS
from boximator.scene.problem import Problem
from boximator.scene.rules import LONGEST_SCENE
from boximator.scene.scene import LONGEST_PROMPT, Scene
from boximator.scene.track import LONGEST_LABEL, Keyframe, Track

FRAME_RATE = 8
"""Of a scene from a file that has none and where the person said none."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One object in another tool's file: its name there, and its box on each frame that has one."""

    name: str
    label: str
    boxes: dict[int, Box] = field(default_factory=dict[int, Box])
    soft: frozenset[int] = frozenset()


def box_in_pixels(edges: tuple[float, float, float, float], size: Size, place: str) -> Box:
    """Left, top, right, bottom in pixels of a frame of this size -> a box, or words on which one is wrong."""
    width, height = size
    x0, y0, x1, y1 = edges
    try:
        box = Box(*(round(part, 9) for part in (x0 / width, y0 / height, x1 / width, y1 / height)))
        Keyframe(frame=0, box=box)
    except Problem as problem:
        raise Problem(
            given=f"{place}: the box {x0:g}, {y0:g}, {x1:g}, {y1:g} in a frame of {width} x {height} pixels",
            wanted="Left before right, top above bottom, and no farther out than four frames",
            fix="Correct the file, or the size of the picture",
        ) from problem
    return box


def scene_of(
    seen: Sequence[Seen],
    *,
    frames: int | None,
    size: Size,
    fps: int | None,
    prompt: str = "",
    dense: bool,
) -> tuple[Scene, tuple[str, ...]]:
    """The scene with these objects as its tracks, and sentences on what is not in it.

    Args:
        seen: objects; those without a box are passed over, and of more than 8 those with most boxes stay.
        frames: of the video; None takes as many as have boxes.
        size: width and height in pixels.
        fps: None takes `FRAME_RATE`.
        prompt: what happens.
        dense: the file has a box on every frame where the object is, so that a gap means absence.

    Raises:
        Problem: no object has a box, or a box lies beyond the last frame.
    """
    notes: list[str] = []
    there = [thing for thing in seen if thing.boxes]
    if not there:
        raise Problem(
            given="The file has no box in it",
            wanted="At least one object with a box on a frame",
            fix="Export it again with its tracks",
        )
    kept = _largest(there, notes)
    last = max(max(thing.boxes) for thing in kept)
    count = _count(frames, last)
    tracks = tuple(
        _track(thing, id_, notes, dense=dense) for thing, id_ in zip(kept, _ids(kept), strict=True)
    )
    rate = min(max(fps or FRAME_RATE, 1), 120)
    if len(prompt) > LONGEST_PROMPT:
        notes.append(f"The prompt is cut to {LONGEST_PROMPT} characters.")
    scene = Scene(
        frames=count,
        fps=rate,
        width=size[0],
        height=size[1],
        prompt=_plain(prompt)[:LONGEST_PROMPT],
        tracks=tracks,
    )
    return scene, tuple(notes)


def _count(frames: int | None, last: int) -> int:
    if frames is not None and last >= frames:
        raise Problem(
            given=f"A box is on frame {last}, counted from 0, but the video has {frames} frame(s)",
            wanted="Boxes are on frames that the video has",
            fix="Correct the number of frames in the file",
        )
    count = last + 1 if frames is None else frames
    assert count <= LONGEST_SCENE, "readers refuse frames beyond that"
    return count


def _largest(there: list[Seen], notes: list[str]) -> list[Seen]:
    if len(there) <= SLOTS:
        return there
    order = sorted(range(len(there)), key=lambda index: -len(there[index].boxes))
    chosen = sorted(order[:SLOTS])
    left_out = [there[index] for index in range(len(there)) if index not in chosen]
    names = ", ".join(f"{thing.label or NOBODY} ({thing.name})" for thing in left_out[:5])
    more = f" and {len(left_out) - 5} more" if len(left_out) > 5 else ""
    notes.append(f"A scene has {SLOTS} tracks: those with most boxes are kept. Left out: {names}{more}.")
    return [there[index] for index in chosen]


NOBODY = "no label"


def _ids(kept: Sequence[Seen]) -> list[int]:
    """The numbers of the file where they are good ones for a scene, else 1, 2, 3..."""
    allowed = {str(number): number for number in range(1, SLOTS + 1)}
    own = [allowed.get(thing.name) for thing in kept]
    good = [number for number in own if number is not None]
    return good if len(set(good)) == len(kept) else list(range(1, len(kept) + 1))


def _track(thing: Seen, id_: int, notes: list[str], *, dense: bool) -> Track:
    label = _plain(thing.label)[:LONGEST_LABEL]
    if len(thing.label) > LONGEST_LABEL:
        notes.append(f"The label of track {id_} is cut to {LONGEST_LABEL} characters.")
    frames = sorted(thing.boxes)
    gaps = [(a + 1, b - 1) for a, b in itertools.pairwise(frames) if b > a + 1] if dense else []
    if gaps:
        spans = ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in gaps[:3])
        more = ", ..." if len(gaps) > 3 else ""
        notes.append(
            f"Track {id_} is absent on frame(s) {spans}{more}. A scene knows no absence between two boxes: "
            "they are interpolated, softly."
        )
    keys = tuple(
        Keyframe(frame=frame, box=thing.boxes[frame], hard=frame not in thing.soft) for frame in frames
    )
    return Track(id=id_, label=label, keyframes=keys)


def _plain(words: str) -> str:
    """Text without halves of letters, which no file can hold."""
    return words.encode("utf-8", "ignore").decode()


def in_pixels(boxes: Float[np.ndarray, "*batch 4"], size: Size) -> Float[np.ndarray, "*batch 4"]:
    """Fractions of the frame as pixels."""
    return boxes * np.asarray([*size, *size], np.float64)


def number_of(value: float) -> float:
    """A coordinate as files hold it: six decimals of a pixel are plenty."""
    return round(float(value), 6) + 0.0
