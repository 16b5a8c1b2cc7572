from __future__ import annotations

import pytest

from boximator.scene.box import Box
from boximator.scene.path import Path
from boximator.scene.problem import Problem
from boximator.scene.track import Keyframe, Track

BOX, OTHER = Box(0.1, 0.2, 0.3, 0.4), Box(0.5, 0.2, 0.7, 0.4)


def keyframe(frame: int, box: Box = BOX, *, hard: bool = True) -> Keyframe:
    return Keyframe(frame=frame, box=box, hard=hard)


def test_keyframes_are_kept_in_the_order_of_their_frames() -> None:
    track = Track(id=1, keyframes=(keyframe(9), keyframe(0), keyframe(4)))
    assert [key.frame for key in track.keyframes] == [0, 4, 9]


@pytest.mark.parametrize("number", [0, 9, -1])
def test_ids_are_1_to_8(number: int) -> None:
    with pytest.raises(Problem, match=f"id {number}"):
        Track(id=number, keyframes=(keyframe(0),))


def test_a_track_has_a_box() -> None:
    with pytest.raises(Problem, match="no keyframe"):
        Track(id=1, keyframes=())


def test_two_boxes_on_one_frame_are_refused() -> None:
    with pytest.raises(Problem, match="Frame 3 has two boxes"):
        Track(id=1, keyframes=(keyframe(3), keyframe(0), keyframe(3, OTHER)))


def test_frames_are_counted_from_0() -> None:
    with pytest.raises(Problem, match="frame -1"):
        keyframe(-1)


def test_pixels_are_recognised() -> None:
    with pytest.raises(Problem, match="divide x by the picture's width"):
        keyframe(0, Box(120, 80, 400, 300))


def test_a_label_is_text() -> None:
    with pytest.raises(Problem, match="not text"):
        Track(id=1, label="caf\udce9", keyframes=(keyframe(0),))


def test_an_anchor_is_the_same_hard_box_first_and_last() -> None:
    track = Track.anchor(2, box=BOX, frames=16, label="tree")
    assert track.is_anchor
    assert [(key.frame, key.box, key.hard) for key in track.keyframes] == [(0, BOX, True), (15, BOX, True)]
    with pytest.raises(Problem, match="anchor"):
        Track.anchor(2, box=BOX, frames=1)


@pytest.mark.parametrize(
    "track",
    [
        Track(id=1, keyframes=(keyframe(0),)),
        Track(id=1, keyframes=(keyframe(0), keyframe(15, OTHER))),
        Track(id=1, keyframes=(keyframe(0), keyframe(15, hard=False))),
        Track(id=1, keyframes=(keyframe(0), keyframe(7, OTHER), keyframe(15))),
        Track(id=1, keyframes=(keyframe(0), keyframe(15)), path=Path(points=((0, 0), (1, 1)))),
    ],
)
def test_nothing_else_is_an_anchor(track: Track) -> None:
    assert not track.is_anchor
