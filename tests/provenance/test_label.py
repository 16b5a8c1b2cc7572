from __future__ import annotations

import numpy as np
import pytest
from photo_films import film

from boximator.provenance.label import WORDS, find_label, labelled, letter_height
from boximator.scene.problem import Problem


@pytest.mark.parametrize("size", [(128, 128), (512, 288), (360, 640)])
@pytest.mark.parametrize("language", sorted(WORDS))
def test_the_label_is_found_again(language: str, size: tuple[int, int]) -> None:
    frames = film(rows=size[0], columns=size[1], frames=1)
    seen = find_label(labelled(frames, language=language))
    assert seen.found
    assert seen.text in WORDS[language]
    assert not find_label(frames).found


def test_it_is_on_every_frame_and_nowhere_else() -> None:
    frames = film(frames=3)
    changed = (labelled(frames) != frames).any(axis=-1)
    assert changed.any(axis=(1, 2)).all()
    assert not changed[:, :200].any()


def test_its_size_follows_the_short_side() -> None:
    assert [letter_height(shape) for shape in ((128, 128), (512, 900), (1920, 1080))] == [9, 18, 38]


def test_a_moving_label_moves() -> None:
    out = labelled(film(frames=8), moving=True)
    first, last = (find_label(out[index : index + 1]).box for index in (0, 7))
    assert first is not None
    assert last is not None
    assert last[0] > first[0] + 0.05


def test_tiny_frames_and_unknown_languages() -> None:
    assert labelled(np.zeros((1, 16, 16, 3), np.uint8)).shape == (1, 16, 16, 3)
    with pytest.raises(Problem, match="Use en"):
        labelled(film(frames=1), language="xx")
