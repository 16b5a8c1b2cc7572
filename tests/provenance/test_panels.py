from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from photo_films import film
from PIL import Image

from boximator.provenance.label import banded, find_label, labelled, letter_height
from boximator.provenance.marks import SHEET_PSNR, Marks, write_marked
from boximator.provenance.panels import first_panels
from boximator.provenance.verify import Verdict, verify
from boximator.provenance.watermark.detect import detect_whole
from boximator.provenance.watermark.embed import embedded
from boximator.video.writer import sheet


@settings(max_examples=30, deadline=None)
@given(st.integers(33, 90), st.integers(33, 90), st.integers(2, 12), st.integers(1, 4))
def test_the_first_picture_of_a_sheet_is_among_the_guesses(
    rows: int, columns: int, count: int, across: int
) -> None:
    frames = np.full((count, rows, columns, 3), 90, np.uint8)
    grey = sheet(frames, columns=across)[0, ..., 0].astype(np.float32)
    assert (rows, columns) in list(first_panels(grey))


def test_a_picture_is_no_sheet_not_even_a_white_one_forever() -> None:
    assert list(first_panels(film(frames=1)[0, ..., 0].astype(np.float32))) == []
    assert len(list(first_panels(np.full((900, 900), 255, np.float32)))) < 100


@pytest.mark.parametrize(("rows", "columns", "count"), [(128, 128, 16), (256, 320, 8), (300, 200, 5)])
def test_each_picture_of_a_sheet_has_the_label_of_the_film_and_it_is_found(
    tmp_path: Path, rows: int, columns: int, count: int
) -> None:
    path = tmp_path / "sheet.png"
    frames = film(rows=rows, columns=columns, frames=count)
    write_marked(frames, path, fps=8)
    answer = verify(path)
    assert answer.verdict is Verdict.INTACT, answer.sentences()
    pixels = np.asarray(Image.open(path).convert("RGB"))
    first = find_label(pixels[None, :rows, :columns])
    alone = find_label(labelled(frames[:1]))
    assert first.box == alone.box, "as large as in the film"
    box = answer.label.box
    assert box is not None
    assert (box[2] - box[0]) * pixels.shape[1] < columns
    assert (box[3] - box[1]) * pixels.shape[0] < 3 * letter_height((rows, columns))


def test_small_sheets_are_marked_whatever_the_number_is() -> None:
    """The number is another on every installation and for every film."""
    small = sheet(labelled(film(rows=128, columns=128, frames=16)))
    numbers = np.random.default_rng(1).integers(0, 2**63, 4)
    found = [detect_whole(embedded(small, int(number), psnr=SHEET_PSNR)).payload for number in numbers]
    assert found == [int(number) for number in numbers]


def test_a_sheet_saved_anew_as_jpeg_still_shows_its_label(tmp_path: Path) -> None:
    write_marked(film(rows=128, columns=160, frames=6), tmp_path / "sheet.png", fps=8)
    Image.open(tmp_path / "sheet.png").convert("RGB").save(tmp_path / "sheet.jpg", quality=80)
    answer = verify(tmp_path / "sheet.jpg")
    assert answer.label.text == "AI-generated"
    assert answer.watermark.found
    assert answer.verdict is Verdict.MISSING


def test_a_sheet_without_label_has_none(tmp_path: Path) -> None:
    write_marked(film(frames=6), tmp_path / "sheet.png", fps=8, marks=Marks(label=False))
    answer = verify(tmp_path / "sheet.png")
    assert not answer.label.found
    assert answer.left_out == ("label",)


@pytest.mark.parametrize(("rows", "columns"), [(64, 704), (704, 704), (600, 300), (40, 90)])
def test_a_band_has_room_for_the_label_which_covers_no_picture(rows: int, columns: int) -> None:
    frames = film(rows=rows, columns=columns, frames=1)
    wide = banded(frames)
    marked = labelled(wide)
    assert np.array_equal(marked[:, :rows], frames)
    assert find_label(marked).found
    assert wide.shape[1] - rows <= 4 * letter_height((wide.shape[1], columns))
