from __future__ import annotations

from pathlib import Path

import pytest
from photo_films import film

from boximator.provenance.about import About
from boximator.provenance.label import find_label
from boximator.provenance.marks import Marks
from boximator.provenance.stills import glimpsed, stills
from boximator.provenance.verify import Verdict, verify, verify_bytes
from boximator.provenance.watermark.detect import detect

ABOUT = About(base="pocket", seed=5, prompt="a secret")


def test_each_frame_is_a_marked_file(tmp_path: Path) -> None:
    files = list(stills(film(frames=2), fps=8, about=ABOUT))
    assert len(files) == 2
    for data in files:
        answer = verify_bytes(data, name="frame.webp")
        assert answer.verdict is Verdict.INTACT, answer.sentences()
        assert b"secret" not in data


@pytest.mark.parametrize("ending", [".webp", ".png"])
def test_layers_can_be_left_out(ending: str, tmp_path: Path) -> None:
    marks = Marks(signature=False, label=False)
    path = tmp_path / f"frame{ending}"
    path.write_bytes(next(stills(film(frames=1), fps=8, about=ABOUT, marks=marks, ending=ending)))  # pyright: ignore[reportArgumentType]
    answer = verify(path)
    assert answer.found == ("watermark", "metadata")
    assert answer.watermark.payload is not None


def test_a_glimpse_has_what_can_be_in_pixels() -> None:
    seen = glimpsed(film(frames=1)[0])[None]
    assert find_label(seen).found
    assert detect(seen).found
