"""Scenes whose boxes other tools can hold, and a folder that writers' files are put into."""

from __future__ import annotations

import pathlib

import numpy as np
from hypothesis import strategies as st

from boximator.formats.target import Target, Written
from boximator.scene.box import Box
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

SIZE = (640, 480)

coordinates = st.floats(-0.5, 1.5).map(lambda value: round(value, 4))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, x1 = sorted((draw(coordinates), draw(coordinates)))
    y0, y1 = sorted((draw(coordinates), draw(coordinates)))
    return Box(x0, y0, x1 + 0.01, y1 + 0.01)


@st.composite
def plain_scenes(draw: st.DrawFn, *, soft: bool = False) -> Scene:
    """Linear tracks without paths: what a format with keyframes holds exactly."""
    frames = draw(st.integers(2, 12))
    ids = draw(st.lists(st.integers(1, 8), min_size=1, max_size=3, unique=True))
    tracks: list[Track] = []
    for id_ in ids:
        at = draw(st.lists(st.integers(0, frames - 1), min_size=1, max_size=3, unique=True))
        keys = tuple(
            Keyframe(frame=frame, box=draw(boxes()), hard=not soft or draw(st.booleans())) for frame in at
        )
        label = draw(st.sampled_from(["dog", 'ein "Hund" & <Co>', "狗"]))
        tracks.append(Track(id=id_, label=label, keyframes=keys))
    return Scene(
        frames=frames, fps=draw(st.integers(1, 60)), width=SIZE[0], height=SIZE[1], tracks=tuple(tracks)
    )


def target(scene: Scene, *, picture: bool = False) -> Target:
    ramp = np.add.outer(np.arange(SIZE[1]), np.arange(SIZE[0]))[..., None] % 256
    ground = np.repeat(ramp, 3, axis=2).astype(np.uint8) if picture else None
    return Target(scene=scene, size=SIZE, ground=ground, name="shot")


def put(written: Written, place: pathlib.Path) -> pathlib.Path:
    """The files of bytes, on the disk; returns what a reader is given."""
    for name, content in written.files.items():
        path = place / name if name else place
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
    return place


def assert_same(scene: Scene, other: Scene, *, tolerance: float = 1e-5) -> None:
    """Tracks alike in everything but the last digits of their boxes."""
    assert scene.frames == other.frames
    ours = {track.id: track for track in scene.tracks}
    theirs = {track.id: track for track in other.tracks}
    assert ours.keys() == theirs.keys()
    for id_, track in ours.items():
        mate = theirs[id_]
        assert [key.frame for key in track.keyframes] == [key.frame for key in mate.keyframes]
        assert [key.hard for key in track.keyframes] == [key.hard for key in mate.keyframes]
        assert track.label == mate.label
        for key, twin in zip(track.keyframes, mate.keyframes, strict=True):
            assert np.allclose(key.box.as_tuple(), twin.box.as_tuple(), atol=tolerance)
