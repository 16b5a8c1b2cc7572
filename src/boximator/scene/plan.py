"""Scene -> control plan: the paper's inference rules as one pure function (arXiv 2402.01566, "Inference").

The rules, track by track:

1. A box the user gave stays as it is on its frame, hard or soft as the keyframe says.
2. Between two user boxes the four edges are interpolated, timed by the first one's easing.
3. With a path the centre travels along it instead: from the first keyframe to the last one, or, when there
   is only one, to the last frame of the scene. Time runs by the path's easing along its arc length. The path
   is relative: it is shifted so that it starts at the first box's centre, and shifted more and more (in
   proportion to the way travelled) so that it passes through the centre of every further box at that box's
   frame. The size is interpolated between user boxes as in rule 2, and stays with the last one.
4. The boxes so inserted are relaxed, each side outwards by a share of the frame, and soft.
5. Every box is clamped to the frame. One that shows nothing of itself becomes a segment on the border; an
   inserted one of these is soft but not relaxed, since a region inside the frame would ask for the object to
   be visible. A box that shows in part is relaxed first, then clamped.
6. Frames before the first user box, and after the last where no path leads on, are empty, and so are slots
   without a track: the learned null token stands there.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Float32

from boximator.scene.box import clamp, outside
from boximator.scene.colours import COLOURS, SLOTS
from boximator.scene.easing import eased
from boximator.scene.path import Path
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

Relaxation = Literal["fixed", "beta"]

MARGIN = 1 / 9
"""Share of the frame by which each side of an inserted box moves outwards: the mean of Beta(1, 8)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ControlPlan:
    """What the control tokens say in each frame. Where `present` is False the other entries mean nothing (0).

    Attributes:
        boxes: x0 y0 x1 y1 in [0, 1], clamped to the frame.
        hard: the box is the exact bounding box (else: a region that contains the object).
        present: there is a box (else: the null token).
        colours: the identity of each slot, RGB in [0, 1].
    """

    boxes: Float32[np.ndarray, "frames slots 4"]
    hard: Bool[np.ndarray, "frames slots"]
    present: Bool[np.ndarray, "frames slots"]
    colours: Float32[np.ndarray, "slots 3"]

    @property
    def frames(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """One track on every frame, before relaxing and clamping."""

    boxes: Float[np.ndarray, "frames 4"]
    present: Bool[np.ndarray, " frames"]
    user: Bool[np.ndarray, " frames"]
    hard: Bool[np.ndarray, " frames"]


def plan(
    scene: Scene,
    *,
    margin: float = MARGIN,
    relaxation: Relaxation = "fixed",
    generator: np.random.Generator | None = None,
    shrink: bool = False,
    insert: bool = True,
) -> ControlPlan:
    """The control plan of a scene; see the head of this file for the rules. Track i takes slot i.

    Args:
        scene: what the user asks for.
        margin: share of the frame by which inserted boxes grow on each side (the mean of it for "beta").
        relaxation: "fixed" grows every side alike; "beta" draws each side's margin from Beta(1, 8).
        generator: where "beta" draws from. The same draws reach a slot whatever the other slots hold.
        shrink: scale the margin by the distance in frames to the nearest user box, so that it is full in
            the middle of a gap (or at the end of a path that leads on) and small beside a user box.
        insert: False leaves the frames between user boxes empty (the ablation of the paper's table 4).

    Raises:
        Problem: a margin outside [0, 1], or "beta" without a generator.
    """
    margins = _margins(scene.frames, margin, relaxation, generator)
    boxes = np.zeros((scene.frames, SLOTS, 4), np.float64)
    hard = np.zeros((scene.frames, SLOTS), np.bool_)
    present = np.zeros((scene.frames, SLOTS), np.bool_)
    for slot, track in enumerate(scene.tracks):
        drawn = _drawn(track, scene.frames)
        scale = _nearness(drawn) if shrink else np.ones(scene.frames)
        passed_on = clamp(_relaxed(drawn, margins[:, slot] * scale[:, None]))
        shown = drawn.present if insert else drawn.user
        boxes[:, slot] = np.where(shown[:, None], passed_on, 0.0)
        hard[:, slot] = drawn.hard
        present[:, slot] = shown
    return ControlPlan(
        boxes=boxes.astype(np.float32),
        hard=hard,
        present=present,
        colours=np.asarray(COLOURS, np.float32),
    )


def drawn_boxes(
    scene: Scene,
) -> tuple[Float[np.ndarray, "frames tracks 4"], Bool[np.ndarray, "frames tracks"]]:
    """Rules 1 to 3 and 6 alone: where each track is on each frame, and on which frames it says anything.

    Neither relaxed nor clamped: this is what other tools are told, which know no soft boxes.
    """
    boxes = np.zeros((scene.frames, len(scene.tracks), 4), np.float64)
    present = np.zeros((scene.frames, len(scene.tracks)), np.bool_)
    for index, track in enumerate(scene.tracks):
        drawn = _drawn(track, scene.frames)
        boxes[:, index] = np.where(drawn.present[:, None], drawn.boxes, 0.0)
        present[:, index] = drawn.present
    return boxes, present


def _margins(
    frames: int, margin: float, relaxation: Relaxation, generator: np.random.Generator | None
) -> Float[np.ndarray, "frames slots 4"]:
    """How far each side of each box moves outwards: left, top, right, bottom, in shares of the frame."""
    if not 0.0 <= margin <= 1.0:
        raise Problem(
            given=f"The relaxation margin is {margin}",
            wanted="A margin is a share of the frame from 0 to 1",
            fix="Leave it out for the paper's 1/9",
        )
    shape = (frames, SLOTS, 4)
    if relaxation == "fixed":
        return np.full(shape, margin)
    if generator is None:
        raise Problem(
            given='relaxation="beta" was asked for without a generator',
            wanted="Random margins come from a generator that is handed in, so that they can be repeated",
            fix="Pass generator=numpy.random.default_rng(scene.seed)",
        )
    return generator.beta(1.0, 8.0, size=shape) * (margin / MARGIN)


def _drawn(track: Track, frames: int) -> _Drawn:
    boxes = np.zeros((frames, 4))
    present, user, hard = (np.zeros(frames, np.bool_) for _ in range(3))
    keys = track.keyframes
    for first, second in itertools.pairwise(keys):
        gap = np.arange(first.frame, second.frame)
        boxes[gap] = _interpolated(first, second, gap)
        present[gap] = True
    if track.path is not None:
        _send_along(track.path, keys, boxes, present)
    for key in keys:
        boxes[key.frame] = key.box.as_tuple()
        present[key.frame] = user[key.frame] = True
        hard[key.frame] = key.hard
    return _Drawn(boxes, present, user, hard)


def _interpolated(
    first: Keyframe, second: Keyframe, frames: Float[np.ndarray, " gap"]
) -> Float[np.ndarray, "gap 4"]:
    """Rule 2: the edges between two user boxes."""
    time = (frames - first.frame) / (second.frame - first.frame)
    share = eased(time, first.easing)[:, None]
    return (1.0 - share) * np.asarray(first.box.as_tuple()) + share * np.asarray(second.box.as_tuple())


def _send_along(
    path: Path,
    keys: tuple[Keyframe, ...],
    boxes: Float[np.ndarray, "frames 4"],
    present: Bool[np.ndarray, " frames"],
) -> None:
    """Rule 3, in place: the boxes from the first keyframe on get their centres from the path."""
    start = keys[0].frame
    end = keys[-1].frame if len(keys) > 1 else len(boxes) - 1
    frames = np.arange(start, end + 1)
    if len(keys) == 1:
        boxes[frames] = keys[0].box.as_tuple()
        present[frames] = True
    times = (frames - start) / max(end - start, 1)
    on_path = path.points_at_time(times)
    travelled = eased(times, path.easing)
    stops = np.asarray([key.frame - start for key in keys])
    centres = np.asarray([key.box.centre for key in keys])
    shifts = centres - on_path[stops]
    shift = np.stack([np.interp(travelled, travelled[stops], shifts[:, axis]) for axis in (0, 1)], axis=-1)
    boxes[frames] = _centred(boxes[frames], on_path + shift)


def _centred(
    boxes: Float[np.ndarray, "count 4"], centres: Float[np.ndarray, "count 2"]
) -> Float[np.ndarray, "count 4"]:
    """The boxes moved to these centres."""
    half = (boxes[:, 2:] - boxes[:, :2]) / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def _relaxed(drawn: _Drawn, margins: Float[np.ndarray, "frames 4"]) -> Float[np.ndarray, "frames 4"]:
    """Rules 4 and 5: inserted boxes grow, unless nothing of them shows."""
    grows = drawn.present & ~drawn.user & ~outside(drawn.boxes)
    return drawn.boxes + np.where(grows[:, None], margins * [-1.0, -1.0, 1.0, 1.0], 0.0)


def _nearness(drawn: _Drawn) -> Float[np.ndarray, " frames"]:
    """Distance to the nearest user box, as a share of the greatest distance in the same gap."""
    frames = np.arange(len(drawn.user))
    users = np.flatnonzero(drawn.user)
    distance = np.abs(frames[:, None] - users).min(axis=1)
    gap = np.searchsorted(users, frames, side="right")
    greatest = np.zeros(len(users) + 1)
    np.maximum.at(greatest, gap, distance)
    return distance / np.maximum(greatest[gap], 1.0)
