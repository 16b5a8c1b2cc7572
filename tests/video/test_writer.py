from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from boximator.scene.problem import Problem
from boximator.video.reader import VideoReader
from boximator.video.writer import SHEET_GAP, write_gif, write_sheet, write_video


def film(frames: int = 6, rows: int = 48, columns: int = 64) -> np.ndarray:
    """A white square that walks over colours."""
    y, x = np.mgrid[:rows, :columns]
    ground = np.stack([x * 255 // columns, y * 255 // rows, np.full_like(x, 90)], axis=-1).astype(np.uint8)
    made = np.repeat(ground[None], frames, axis=0)
    for index in range(frames):
        made[index, 10:26, 4 * index : 4 * index + 16] = 255
    return made


@pytest.mark.parametrize(("rows", "columns"), [(48, 64), (47, 63), (16, 17), (1, 1)])
def test_a_video_reads_back_nearly_the_same_at_any_size(
    tmp_path: pathlib.Path, rows: int, columns: int
) -> None:
    frames = film(rows=rows, columns=columns)
    write_video(frames, tmp_path / "a.mp4", fps=8, crf=4)
    with VideoReader(tmp_path / "a.mp4") as video:
        read = video.read()
        assert video.fps == 8.0
    assert read.shape == (6, rows + rows % 2, columns + columns % 2, 3)
    assert np.abs(read[:, :rows, :columns].astype(int) - frames).mean() < 6


def test_odd_edges_are_copies_of_the_last_row_and_column(tmp_path: pathlib.Path) -> None:
    write_video(film(rows=47, columns=63), tmp_path / "a.mp4", fps=8, crf=4)
    read = VideoReader(tmp_path / "a.mp4").read().astype(int)
    assert np.abs(read[:, -1] - read[:, -2]).mean() < 4
    assert np.abs(read[:, :, -1] - read[:, :, -2]).mean() < 4


def test_plain_colours_keep_their_shade(tmp_path: pathlib.Path) -> None:
    """The matrix a player uses (BT.709, by the tag) is the one the colours were converted with."""
    for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 128, 0), (255, 255, 255), (0, 0, 0)):
        write_video(np.full((2, 32, 32, 3), colour, np.uint8), tmp_path / "a.mp4", fps=8)
        np.testing.assert_allclose(VideoReader(tmp_path / "a.mp4")[1][16, 16], colour, atol=4)


@pytest.mark.parametrize("ending", [".mp4", ".gif", ".png"])
def test_the_same_frames_are_the_same_bytes(tmp_path: pathlib.Path, ending: str) -> None:
    paths = [tmp_path / f"{name}{ending}" for name in ("a", "b")]
    for path in paths:
        write(film(rows=120, columns=160), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def write(frames: Any, path: pathlib.Path) -> None:
    if path.suffix == ".mp4":
        write_video(frames, path, fps=8)
    elif path.suffix == ".gif":
        write_gif(frames, path, fps=8)
    else:
        write_sheet(frames, path)


def test_no_date_is_in_a_video(tmp_path: pathlib.Path) -> None:
    """Creation and modification times of the movie header (ISO 14496-12, mvhd) are zero."""
    write_video(film(), tmp_path / "a.mp4", fps=8)
    content = (tmp_path / "a.mp4").read_bytes()
    start = content.index(b"mvhd") + 8
    assert content[start : start + 8] == bytes(8)


@pytest.mark.parametrize("ending", [".mp4", ".gif", ".png"])
@pytest.mark.parametrize(
    "frames",
    [
        np.zeros((2, 32, 32, 3), np.float32),
        np.zeros((2, 32, 32), np.uint8),
        np.zeros((2, 32, 32, 4), np.uint8),
        np.zeros((2, 3, 32, 32), np.uint8),
        np.zeros((0, 32, 32, 3), np.uint8),
        np.zeros((2, 0, 32, 3), np.uint8),
    ],
    ids=lambda frames: f"{frames.dtype}-{frames.shape}",
)
def test_what_are_no_frames_is_refused_and_nothing_written(
    tmp_path: pathlib.Path, frames: np.ndarray, ending: str
) -> None:
    with pytest.raises(Problem, match="uint8"):
        write(frames, tmp_path / f"a{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".mp4", ".gif", ".png"])
def test_a_folder_that_is_not_there_is_refused(tmp_path: pathlib.Path, ending: str) -> None:
    with pytest.raises(Problem):
        write(film(), tmp_path / f"nowhere/a{ending}")
    assert list(tmp_path.iterdir()) == []


def test_the_ending_of_a_name_must_be_that_of_the_kind(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Problem, match=r"a\.mp4"):
        write_video(film(), tmp_path / "a.avi", fps=8)
    with pytest.raises(Problem, match=r"a\.gif"):
        write_gif(film(), tmp_path / "a", fps=8)
    with pytest.raises(Problem, match=r"a\.png"):
        write_sheet(film(), tmp_path / "a.jpg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_speed_must_be_one(tmp_path: pathlib.Path, fps: float) -> None:
    with pytest.raises(Problem, match="fps"):
        write_video(film(), tmp_path / "a.mp4", fps=fps)


def test_crf_has_a_range(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Problem, match="crf"):
        write_video(film(), tmp_path / "a.mp4", fps=8, crf=99)


def test_an_old_video_stays_when_the_new_one_cannot_be_made(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"old")

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("boximator.video.writer._stream", stop)
    with pytest.raises(KeyboardInterrupt):
        write_video(film(), path, fps=8)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fps", [7, 8, 12, 29.97, 50])
def test_a_gif_lasts_as_long_as_it_should(tmp_path: pathlib.Path, fps: float) -> None:
    write_gif(film(24), tmp_path / "a.gif", fps=fps)
    total = 0
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.info["loop"] == 0
        for index in range(getattr(gif, "n_frames", 1)):
            gif.seek(index)
            total += gif.info["duration"]
    assert total == pytest.approx(24_000 / fps, abs=10)


def test_still_parts_of_a_gif_stay_still(tmp_path: pathlib.Path) -> None:
    write_gif(film(), tmp_path / "a.gif", fps=8)
    shown: list[np.ndarray] = []
    with Image.open(tmp_path / "a.gif") as gif:
        for index in range(6):
            gif.seek(index)
            shown.append(np.asarray(gif.convert("RGB")))
    for frame in shown[1:]:
        np.testing.assert_array_equal(frame[30:], shown[0][30:])
    assert np.abs(shown[0].astype(int) - film()[0]).mean() < 10


def test_a_sheet_holds_every_frame_row_by_row(tmp_path: pathlib.Path) -> None:
    frames = film(5)
    write_sheet(frames, tmp_path / "a.png", columns=3)
    sheet = np.asarray(Image.open(tmp_path / "a.png"))
    assert sheet.shape == (2 * 48 + SHEET_GAP, 3 * 64 + 2 * SHEET_GAP, 3)
    np.testing.assert_array_equal(sheet[:48, :64], frames[0])
    np.testing.assert_array_equal(sheet[48 + SHEET_GAP :, 64 + SHEET_GAP : 128 + SHEET_GAP], frames[4])
    assert (sheet[48 + SHEET_GAP :, 128 + SHEET_GAP :] == 255).all()


def test_a_sheet_is_about_as_wide_as_high_by_itself(tmp_path: pathlib.Path) -> None:
    write_sheet(film(16), tmp_path / "a.png")
    width, height = Image.open(tmp_path / "a.png").size
    assert 0.5 < width / height < 2.0
