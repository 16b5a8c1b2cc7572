from __future__ import annotations

import pytest
from films import film

from boximator.provenance.presets import check_place, published
from boximator.scene.problem import Problem


@pytest.mark.parametrize(
    ("place", "shape", "fps"),
    [("tiktok", (30, 1920, 1080, 3), 30), ("web", (24, 128, 160, 3), 24), (None, (8, 128, 160, 3), 8)],
)
def test_size_and_rate(place: str | None, shape: tuple[int, ...], fps: float) -> None:
    frames, rate = published(film(rows=128, columns=160), fps=8, place=place)
    assert (frames.shape, rate) == (shape, fps)


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(Problem, match="web"):
        check_place("moon")
