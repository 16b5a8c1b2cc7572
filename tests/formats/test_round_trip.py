"""What a format says it keeps comes back: written and read again, tracks are the same."""

from __future__ import annotations

import pathlib
import tempfile
from dataclasses import replace

import numpy as np
import pytest
from format_strategies import SIZE, assert_same, plain_scenes, put, target
from hypothesis import given, settings
from scene_strategies import scenes

from boximator.formats.detect import detected
from boximator.formats.features import EVERYTHING, losses
from boximator.formats.index import FORMATS
from boximator.formats.simplify import simplified
from boximator.formats.source import Source
from boximator.scene.box import Box
from boximator.scene.plan import drawn_boxes
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

KEYED = [name for name, one in FORMATS.items() if one.keyframed and name != "scene"]
DENSE = ["mot", "coco-vid", "tao", "scalabel"]
some = settings(max_examples=15, deadline=None)


def there_and_back(scene: Scene, name: str) -> Scene:
    """Written, detected by what is in it, and read."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / f"shot{'' if FORMATS[name].is_folder else FORMATS[name].form}"
        put(FORMATS[name].write(target(scene)), place)
        found = detected(place)
        assert found.name == name
        assert found.read is not None
        return found.read(Source(path=place, size=SIZE)).scene


@pytest.mark.parametrize("name", KEYED)
@some
@given(plain_scenes())
def test_keyframes_come_back(name: str, scene: Scene) -> None:
    back = there_and_back(scene, name)
    assert_same(scene, back)
    if name == "label-studio":
        assert back.fps == scene.fps


@some
@given(plain_scenes(soft=True))
def test_cvat_brings_soft_boxes_back(scene: Scene) -> None:
    assert_same(scene, there_and_back(scene, "cvat"))


@pytest.mark.parametrize("name", [*KEYED, *DENSE])
@some
@given(scenes())
def test_the_box_on_each_frame_comes_back_whatever_the_scene(name: str, scene: Scene) -> None:
    """Paths and easing too, up to what a millionth of a pixel is."""
    scene = replace(scene, width=SIZE[0], height=SIZE[1])
    back = there_and_back(scene, name)
    (boxes, present), (again, there) = drawn_boxes(scene), drawn_boxes(back)
    order = [[track.id for track in back.tracks].index(track.id) for track in scene.tracks]
    frames = min(len(there), len(present))
    assert np.array_equal(present[:frames], there[:frames, order])
    assert not present[frames:].any()
    assert np.allclose(boxes[:frames][present[:frames]], again[:frames, order][present[:frames]], atol=1e-5)


@some
@given(plain_scenes())
def test_sg_i2v_keeps_the_first_box_and_every_centre(scene: Scene) -> None:
    if scene.frames < 2:
        return
    back = there_and_back(scene, "sg-i2v")
    again = drawn_boxes(back)[0]
    boxes, present = drawn_boxes(scene)
    for index in range(len(scene.tracks)):
        there = present[:, index]
        centres = [(part[..., :2] + part[..., 2:]) / 2 for part in (boxes[there, index], again[there, index])]
        first = (boxes[there, index][0], again[0, index])
        assert np.allclose(*centres, atol=1e-4)
        assert np.allclose(*(box[2:] - box[:2] for box in first), atol=1e-4)


@some
@given(scenes())
def test_simplified_tracks_stay_within_the_tolerance(scene: Scene) -> None:
    dense = there_and_back(replace(scene, width=SIZE[0], height=SIZE[1]), "scalabel")
    thin = simplified(dense, size=SIZE, tolerance=2.0)
    scale = np.asarray([*SIZE, *SIZE])
    off = np.abs(drawn_boxes(dense)[0] - drawn_boxes(thin)[0]) * scale
    assert off.max() <= 2.0 + 1e-6


def test_a_straight_way_needs_two_boxes() -> None:
    keys = tuple(Keyframe(frame=t, box=Box(0.01 * t, 0.2, 0.3 + 0.01 * t, 0.6)) for t in range(30))
    dense = Scene(frames=30, width=640, height=480, tracks=(Track(id=1, keyframes=keys),))
    assert len(simplified(dense, size=SIZE, tolerance=0.5).tracks[0].keyframes) == 2


@some
@given(scenes())
def test_nothing_is_lost_where_everything_is_kept(scene: Scene) -> None:
    assert losses(scene, EVERYTHING) == ()
    assert losses(replace(scene, seed=5), EVERYTHING - {"seed"}) == ("The seed is left out.",)
