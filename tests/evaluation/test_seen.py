"""How well a result obeys: where its things are found does not depend on where they were asked to go."""

from __future__ import annotations

import numpy as np
import pytest

from boximator.evaluation.seen import MOST_FRAMES, seen_tracks
from boximator.scene.box import Box
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

ROWS, COLUMNS, SIDE = 96, 128, 24
START = (16, 32)


def film(end: tuple[int, int] | None, *, frames: int = 9) -> np.ndarray:
    """A patterned square on quiet ground goes from `START` (column, row) to `end`; None: it is gone after the first."""
    pattern = np.kron(
        np.random.default_rng(0).integers(0, 255, (6, 6, 3), np.uint8), np.ones((4, 4, 1), np.uint8)
    )
    out = np.full((frames, ROWS, COLUMNS, 3), 120, np.uint8)
    out += (np.arange(COLUMNS, dtype=np.uint8) // 8)[None, None, :, None]
    for t in range(frames if end else 1):
        share = t / (frames - 1)
        x, y = (round(a + share * (b - a)) for a, b in zip(START, end or START, strict=True))
        out[t, y : y + SIDE, x : x + SIDE] = pattern
    return out


def box(x: float, y: float) -> Box:
    return Box(x / COLUMNS, y / ROWS, (x + SIDE) / COLUMNS, (y + SIDE) / ROWS)


def scene(*keys: Keyframe, frames: int = 9) -> Scene:
    return Scene(frames=frames, tracks=(Track(id=3, keyframes=keys),))


ASKED = scene(Keyframe(frame=0, box=box(*START)), Keyframe(frame=8, box=box(80, 32)))


def test_what_obeys_is_found_in_its_boxes() -> None:
    (seen,) = seen_tracks(ASKED, frames=film((80, 32)))
    assert seen.id == 3
    assert seen.mean_iou is not None
    assert seen.mean_iou > 0.85
    assert all(overlap is not None and overlap > 0.7 for overlap in seen.iou)


def test_what_goes_elsewhere_is_found_there() -> None:
    (seen,) = seen_tracks(ASKED, frames=film((16, 64)))
    assert seen.boxes[-1] == pytest.approx(box(16, 64).as_tuple(), abs=0.02)
    assert seen.iou[0] == pytest.approx(1.0, abs=0.05)
    assert seen.iou[-1] == 0.0
    assert seen.mean_iou is not None
    assert seen.mean_iou < 0.4


def test_what_is_gone_counts_as_not_obeying() -> None:
    (seen,) = seen_tracks(ASKED, frames=film(None))
    assert seen.boxes[1:] == (None,) * 8
    assert seen.mean_iou == 0.0


def test_the_plan_is_not_looked_at_to_find_things() -> None:
    lying = scene(Keyframe(frame=0, box=box(*START)), Keyframe(frame=8, box=box(0, 0)))
    assert [seen_tracks(asked, frames=film((80, 32)))[0].boxes for asked in (ASKED, lying)] == [
        seen_tracks(ASKED, frames=film((80, 32)))[0].boxes
    ] * 2


def test_soft_boxes_are_regions_and_give_no_mean() -> None:
    soft = scene(
        Keyframe(frame=0, box=box(*START)), Keyframe(frame=8, box=Box(0.4, 0.2, 1.0, 0.9), hard=False)
    )
    (seen,) = seen_tracks(soft, frames=film((80, 32)))
    assert seen.mean_iou is None
    assert seen.boxes[-1] is not None


@pytest.mark.parametrize(
    "asked",
    [
        scene(Keyframe(frame=2, box=box(*START)), Keyframe(frame=8, box=box(80, 32))),
        scene(Keyframe(frame=0, box=Box(-0.5, 0.2, -0.2, 0.5)), Keyframe(frame=8, box=box(80, 32))),
        scene(Keyframe(frame=0, box=Box(0.5, 0.5, 0.51, 0.51)), Keyframe(frame=8, box=box(80, 32))),
    ],
    ids=["comes later", "comes from outside", "a speck"],
)
def test_what_the_first_frame_does_not_show_is_left_out(asked: Scene) -> None:
    assert seen_tracks(asked, frames=film((80, 32))) == ()


def test_where_nothing_is_asked_there_is_no_overlap() -> None:
    leaves = scene(Keyframe(frame=0, box=box(*START)), Keyframe(frame=8, box=Box(1.1, 0.3, 1.3, 0.6)))
    (seen,) = seen_tracks(leaves, frames=film((80, 32)))
    assert seen.iou[-1] is None
    assert seen.iou[0] is not None


def test_of_a_long_video_some_frames_are_looked_at() -> None:
    long = scene(Keyframe(frame=0, box=box(*START)), Keyframe(frame=99, box=box(80, 32)), frames=100)
    (seen,) = seen_tracks(long, frames=film((80, 32), frames=100))
    assert sum(found is not None for found in seen.boxes) == MOST_FRAMES
    assert seen.iou[-1] is not None
    assert seen.mean_iou is not None
    assert seen.mean_iou > 0.8


def test_what_is_plain_cannot_be_found_again() -> None:
    assert seen_tracks(ASKED, frames=np.full((9, ROWS, COLUMNS, 3), 90, np.uint8)) == ()
