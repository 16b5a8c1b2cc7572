from __future__ import annotations

from typing import Any

import pytest

from boximator.scene.box import Box
from boximator.scene.path import Path
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track


def track(number: int = 1, *, frame: int = 0, path: Path | None = None) -> Track:
    return Track(id=number, keyframes=(Keyframe(frame=frame, box=Box(0.1, 0.1, 0.2, 0.2)),), path=path)


def test_in_memory_a_scene_may_have_no_tracks_and_no_picture() -> None:
    scene = Scene(prompt="rain")
    assert (scene.tracks, scene.frames, scene.fps, scene.version) == ((), 16, 8, 1)


def test_a_list_of_tracks_becomes_a_tuple() -> None:
    tracks: Any = [track(1), track(2)]
    assert Scene(tracks=tracks).tracks == (track(1), track(2))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"frames": 0}, "frames = 0"),
        ({"frames": 10_001}, "10000"),
        ({"fps": 0}, "fps = 0"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 2**53}, "seed"),
        ({"width": 640}, "no height"),
        ({"height": 480}, "no width"),
        ({"width": 8, "height": 480}, "width = 8"),
        ({"width": 640, "height": 10_000}, "height = 10000"),
        ({"prompt": "caf\udce9"}, "not text"),
        ({"picture": "caf\udce9.jpg"}, "not text"),
        ({"tracks": (track(1), track(1))}, "id 1 is used by two"),
        ({"tracks": (track(frame=16),)}, "frame 16.* 16 frame"),
        ({"tracks": (track(frame=15, path=Path(points=((0, 0), (1, 1)))),)}, "last frame"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Problem, match=words):
        Scene(**fields)


def test_a_ninth_track_is_refused() -> None:
    many: Any = [track(min(number, 8)) for number in range(1, 10)]
    with pytest.raises(Problem, match="9 tracks"):
        Scene(tracks=many)


def test_a_repeated_id_gets_a_free_one_proposed() -> None:
    with pytest.raises(Problem, match="for example 3"):
        Scene(tracks=(track(1), track(2), track(1)))
