from __future__ import annotations

from collections.abc import Sequence

import pytest

from boximator.cli.box_options import tracks_from_options
from boximator.scene.box import Box
from boximator.scene.problem import Problem


def test_a_box_alone_is_a_hard_box_on_the_first_frame() -> None:
    (track,) = tracks_from_options(["dog:0.1,0.5,0.3,0.8"], frames=16)
    assert (track.id, track.label, track.path) == (1, "dog", None)
    assert [(key.frame, key.box, key.hard) for key in track.keyframes] == [(0, Box(0.1, 0.5, 0.3, 0.8), True)]


@pytest.mark.parametrize("words", ["0.1,0.5,0.3,0.8", "10%,50%,30%,80%", " 0.1 , 50% , .3 , 8e-1 "])
def test_fractions_and_percent_are_the_same(words: str) -> None:
    (track,) = tracks_from_options([f"dog:{words}"], frames=16)
    assert track.keyframes[0].box.as_tuple() == pytest.approx((0.1, 0.5, 0.3, 0.8))


def test_end_boxes_and_paths_join_the_box_with_their_label_in_any_order() -> None:
    dog, ball = tracks_from_options(
        ["dog:0,0,0.1,0.1", "ball:0.5,0.5,0.6,0.6"],
        end_boxes=["ball:0.8,0.8,0.9,0.9"],
        paths=["ball:smooth ease_in 0.5,0.5 60%,0.2;0.9,0.9", "dog:0,0 0.5,0.5"],
        frames=10,
    )
    assert [key.frame for key in ball.keyframes] == [0, 9]
    assert ball.path is not None
    assert (ball.path.kind, ball.path.easing) == ("smooth", "ease_in")
    assert ball.path.points == ((0.5, 0.5), (0.6, 0.2), (0.9, 0.9))
    assert dog.path is not None
    assert (dog.id, ball.id, dog.path.kind) == (1, 2, "polyline")


def test_one_object_needs_no_label() -> None:
    (track,) = tracks_from_options(["0,0,0.1,0.1"], end_boxes=["0.5,0.5,0.6,0.6"], frames=16)
    assert track.label == ""
    assert len(track.keyframes) == 2


def test_a_label_may_hold_a_colon() -> None:
    (track,) = tracks_from_options(["dog: the small one:0,0,0.1,0.1"], frames=16)
    assert track.label == "dog: the small one"


def test_anchors_come_after_the_boxes_and_hold_still() -> None:
    dog, tree = tracks_from_options(["dog:0,0,0.1,0.1"], anchors=["tree:0.7,0.1,0.9,0.9"], frames=16)
    assert not dog.is_anchor
    assert tree.is_anchor
    assert tree.id == 2


def test_boxes_outside_are_let_through() -> None:
    (track,) = tracks_from_options(["dog:-0.2,0.3,0,0.6"], frames=16)
    assert track.keyframes[0].box.is_outside


@pytest.mark.parametrize(
    ("boxes", "ends", "paths", "words"),
    [
        (["dog:0,0,0.1"], [], [], "3 numbers"),
        (["dog:0,0,0.1,x"], [], [], '"x" where a number'),
        (["dog:0,0,0.1,nan"], [], [], '"nan" where a number'),
        (["dog:"], [], [], "where a number"),
        (["dog:0.5,0,0.1,0.1"], [], [], "reversed"),
        (["dog:100,50,300,400"], [], [], "pixels"),
        (["dog:0,0,0.1,0.1", "dog:0,0,0.2,0.2"], [], [], 'twice with the label "dog"'),
        (["0,0,0.1,0.1", "0,0,0.2,0.2"], [], [], "twice with no label"),
        (["dog:0,0,0.1,0.1"], ["dgo:0,0,0.1,0.1"], [], 'Did you mean "dog"'),
        ([], ["dog:0,0,0.1,0.1"], [], "those given are none"),
        (["dog:0,0,0.1,0.1"], [], ["cat:0,0 1,1"], 'the label "cat"'),
        (["dog:0,0,0.1,0.1"], [], ["dog:0,0"], "1 point"),
        (["dog:0,0,0.1,0.1"], [], ["dog:0,0,1 1,1"], 'point "0,0,1"'),
        (["dog:0,0,0.1,0.1"], [], ["dog:curly 0,0 1,1"], '"curly" where a number'),
        ([f"{n}:0,0,0.1,0.1" for n in range(9)], [], [], "More than 8"),
    ],
)
def test_what_cannot_be_read_is_said(
    boxes: Sequence[str], ends: Sequence[str], paths: Sequence[str], words: str
) -> None:
    with pytest.raises(Problem, match=words):
        tracks_from_options(boxes, end_boxes=ends, paths=paths, frames=16)


def test_an_end_box_needs_a_last_frame() -> None:
    with pytest.raises(Problem, match="1 frame"):
        tracks_from_options(["0,0,0.1,0.1"], end_boxes=["0,0,0.1,0.1"], frames=1)
