"""Random boxes, tracks and scenes for the property tests."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from boximator.scene.box import Box
from boximator.scene.easing import Easing
from boximator.scene.path import Path, PathKind
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

coordinates = st.one_of(st.floats(-1.5, 2.5), st.sampled_from([0.0, 1.0, 0.5, -0.25, 1.25]))
easings = st.sampled_from(get_args(Easing))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """Anywhere: inside, partly or wholly outside, flat too."""
    x0, x1 = sorted((draw(coordinates), draw(coordinates)))
    y0, y1 = sorted((draw(coordinates), draw(coordinates)))
    return Box(x0, y0, x1, y1)


@st.composite
def paths(draw: st.DrawFn) -> Path:
    points = draw(st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=5))
    kind = draw(st.sampled_from(get_args(PathKind)))
    return Path(points=tuple(points), kind=kind, easing=draw(easings))


@st.composite
def tracks(draw: st.DrawFn, *, id: int, frames: int) -> Track:  # noqa: A002
    at = draw(st.lists(st.integers(0, frames - 1), min_size=1, max_size=3, unique=True))
    keyframes = [
        Keyframe(frame=frame, box=draw(boxes()), hard=draw(st.booleans()), easing=draw(easings))
        for frame in at
    ]
    stuck = at == [frames - 1]  # a path would have no frame to travel
    path = None if stuck else draw(st.none() | paths())
    return Track(
        id=id,
        label=draw(st.sampled_from(["", "dog", 'ein "Hund"', "狗\n[\n 1, 2]"])),
        keyframes=tuple(keyframes),
        path=path,
    )


@st.composite
def scenes(draw: st.DrawFn, *, most_tracks: int = 3) -> Scene:
    frames = draw(st.integers(1, 20))
    ids = draw(st.lists(st.integers(1, 8), min_size=1, max_size=most_tracks, unique=True))
    return Scene(
        picture="photo.jpg",
        prompt=draw(st.text(max_size=20)),
        frames=frames,
        fps=draw(st.integers(1, 120)),
        seed=draw(st.integers(0, 2**53 - 1)),
        tracks=tuple(draw(tracks(id=number, frames=frames)) for number in ids),
    )
