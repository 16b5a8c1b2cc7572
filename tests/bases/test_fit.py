from __future__ import annotations

from typing import Any

import pytest
from tiny_bases import BASES

from boximator.bases.fit import Limits, fitted, limits
from boximator.control.frames import FrameMap
from boximator.scene.box import Box
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

CAUSAL = FrameMap(kind="causal", ratio=4)


def scene(**others: Any) -> Scene:
    start, end = Box(0.1, 0.1, 0.3, 0.3), Box(0.6, 0.1, 0.8, 0.3)
    keys = (Keyframe(frame=0, box=start), Keyframe(frame=others.get("frames", 16) - 1, box=end))
    return Scene(tracks=(Track(id=1, label="dog", keyframes=keys),), **others)


@pytest.mark.parametrize(
    ("frames", "wanted", "made"),
    [
        (FrameMap(), 16, 16),
        (CAUSAL, 16, 17),
        (CAUSAL, 17, 17),
        (CAUSAL, 18, 17),
        (CAUSAL, 19, 21),
        (FrameMap(kind="causal", ratio=8), 16, 17),
        (FrameMap(kind="causal", ratio=6), 16, 19),
        (FrameMap(kind="grouped", ratio=4), 18, 20),
        (FrameMap(kind="packed", ratio=3), 15, 16),
    ],
)
def test_the_nearest_number_of_whole_latent_frames(frames: FrameMap, wanted: int, made: int) -> None:
    able = Limits(family="toy", frames=frames, multiple=16)
    assert able.nearest_frames(wanted) == made


@pytest.mark.parametrize("name", [name for name in BASES if name != "pocket"])
def test_what_was_fitted_is_what_the_pipeline_can_make(name: str) -> None:
    base = BASES[name]()
    able = limits(base.pipe)
    assert able.nearest_frames(base.frames) == base.frames
    made = fitted(scene(frames=10), base.pipe, size=(able.only_size or (50, 50)))
    assert base.address.frames.fits(made.scene.frames)
    assert made.height % able.multiple == made.width % able.multiple == 0
    assert (made.scene.height, made.scene.width) == (made.height, made.width)
    assert made.scene.tracks[0].keyframes[-1].frame == made.scene.frames - 1
    assert len(made.notes) == (made.scene.frames != 10) + (able.only_size is None)


def test_what_was_changed_is_said() -> None:
    made = fitted(scene(frames=16, height=100, width=101), BASES["wan2.1-t2v"]().pipe)
    assert (made.scene.frames, made.height, made.width) == (17, 96, 96)
    assert [note.split(";")[0] for note in made.notes] == [
        "wan cannot make 101 x 100 pixels",
        "wan cannot make 16 frames",
    ]


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("wan2.1-t2v", {}, "no width and height"),
        ("animatediff", {"frames": 40, "height": 64, "width": 64}, "at most 32"),
        ("cogvideox-5b-i2v", {"height": 16, "width": 64}, "16 x 16 only"),
    ],
)
def test_what_cannot_be_fitted_is_refused(name: str, asked: dict[str, int], words: str) -> None:
    with pytest.raises(Problem, match=words):
        fitted(scene(**asked), BASES[name]().pipe)


def test_a_size_without_pixels_is_refused() -> None:
    with pytest.raises(Problem, match="at least one pixel"):
        fitted(scene(), BASES["svd"]().pipe, size=(0, 10))
