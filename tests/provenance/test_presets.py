from __future__ import annotations

import numpy as np
import pytest
from photo_films import film

from boximator.provenance.presets import check_place, published
from boximator.scene.problem import Problem


@pytest.mark.parametrize(
    ("place", "shape", "fps"),
    [("tiktok", (8, 1920, 1080, 3), 30), ("web", (6, 128, 160, 3), 24), (None, (2, 128, 160, 3), 8)],
)
def test_size_and_rate(place: str | None, shape: tuple[int, ...], fps: float) -> None:
    out = published(film(rows=128, columns=160, frames=2), fps=8, place=place)
    assert (out.frames.shape, out.fps) == (shape, fps)
    assert (out.told() == {}) == (place is None)


@pytest.mark.parametrize("place", ["tiktok", "youtube", "instagram", "web"])
def test_boxes_move_into_the_borders_with_what_they_hold(place: str) -> None:
    """A white rectangle stays the same rectangle, seen in the borders."""
    frames = np.zeros((1, 100, 200, 3), np.uint8)
    frames[:, 20:80, 50:150] = 255
    out = published(frames, fps=8, place=place)
    (moved,) = out.boxes([{"id": 1, "hard": [True], "frames": [[0, 0.25, 0.2, 0.75, 0.8]]}])
    rows, columns = (np.flatnonzero(out.frames[0, ..., 0].max(axis=axis) > 127) for axis in (1, 0))
    height, width = out.frames.shape[1:3]
    seen = [columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height]
    assert moved["frames"][0][0] == 0
    assert moved["frames"][0][1:] == pytest.approx(seen, abs=1.5 / height)
    assert moved["id"] == 1


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(Problem, match="web"):
        check_place("moon")
