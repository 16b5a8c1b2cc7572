"""Things that come in are carried from the last picture, where it shows them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from boximator.pocket.entering import cleared, entered, fitted_to
from boximator.pocket.motion import MotionArrays
from boximator.pocket.render import render
from boximator.scene.box import Box
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

HEIGHT, WIDTH, FRAMES = 96, 128, 16
EDGES = (0.45, 0.3, 0.8, 0.75)
INSIDE = Box(*EDGES)
RED = np.array([200, 40, 40])


def ground() -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 1, (HEIGHT, WIDTH, 3))
    return np.clip(110 + 20 * cv2.GaussianBlur(noise, (0, 0), 2), 0, 255).astype(np.uint8)


def with_thing(picture: np.ndarray) -> np.ndarray:
    out = picture.copy()
    x0, y0, x1, y1 = (round(edge * side) for edge, side in zip(EDGES, (WIDTH, HEIGHT) * 2, strict=True))
    cv2.ellipse(
        out, ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2, (y1 - y0) // 2), 0, 0, 360, RED.tolist(), -1
    )
    return out


def coming(first: Box) -> ControlPlan:
    keys = Keyframe(frame=0, box=first), Keyframe(frame=FRAMES - 1, box=INSIDE)
    return plan(Scene(prompt="", frames=FRAMES, tracks=(Track(id=1, keyframes=keys),)))


def red(frame: np.ndarray) -> np.ndarray:
    return np.abs(frame.astype(int) - RED).max(-1) < 40


def at_rest() -> MotionArrays:
    """What a base says that knows nothing of what comes in: bright colours where a box expects something."""
    colour = np.random.default_rng(1).random((FRAMES - 1, 24, 32, 3)).astype(np.float32)
    flow = np.zeros((FRAMES - 1, 2, 24, 32), np.float32)
    visible = np.ones((FRAMES - 1, 24, 32), np.float32)
    return MotionArrays(colour=colour, flow=flow, visible=visible, thing=np.zeros_like(visible))


def test_what_stands_in_the_last_picture_comes_in_as_its_boxes_say() -> None:
    first, last = ground(), with_thing(ground())
    frames = render(first, motion=at_rest(), boxes=coming(Box(-0.4, 0.3, -0.05, 0.75)), hold=True, last=last)
    assert (frames[0] == first).all()
    shown = [red(frame) for frame in frames]
    assert not shown[1][:, WIDTH // 8 :].any()
    lefts = [np.flatnonzero(one.any(0)).mean() for one in shown[8:]]
    assert np.all(np.diff(lefts) > 0), "it goes to the right"
    assert (shown[-1] & red(last)).sum() > 0.9 * (shown[-1] | red(last)).sum()
    still = ~(red(last) | shown[-1])
    assert (
        np.abs(frames[-1].astype(int) - first)[cv2.erode(still.astype(np.uint8), np.ones((9, 9))) > 0].max()
        < 25
    )


def test_only_what_comes_in_and_stands_somewhere_at_last_is_carried() -> None:
    last = with_thing(ground())
    things, slots = entered(last, boxes=coming(Box(1.05, 0.3, 1.4, 0.75)))
    assert (len(things), slots) == (1, (0,))
    assert things[0].maps[-1] == pytest.approx(np.eye(3)[:2], abs=0.02)
    assert entered(last, boxes=coming(Box(0.1, 0.3, 0.45, 0.75))) == ([], ())  # it shows from the first
    leaves = Keyframe(frame=0, box=INSIDE), Keyframe(frame=FRAMES - 1, box=Box(1.1, 0.3, 1.4, 0.75))
    gone = plan(Scene(prompt="", frames=FRAMES, tracks=(Track(id=1, keyframes=leaves),)))
    assert entered(last, boxes=gone) == ([], ())


def test_a_picture_is_cleared_of_what_is_in_a_box() -> None:
    full = with_thing(ground())
    empty = cleared(full, box=np.array(EDGES))
    assert not red(empty).any()
    far = np.ones((HEIGHT, WIDTH), bool)
    far[15:85, 45:115] = False
    assert (empty == full)[far].all()


def test_a_last_picture_of_another_size_is_fitted() -> None:
    photo = ground()
    assert fitted_to(photo, photo=photo) is photo
    assert fitted_to(np.zeros((50, 300, 3), np.uint8), photo=photo).shape == photo.shape
