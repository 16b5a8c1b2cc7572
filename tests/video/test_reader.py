from __future__ import annotations

import pathlib
import struct

import numpy as np
import pytest

from boximator.scene.problem import Problem
from boximator.video.reader import DECODED_THROUGH, VideoReader
from boximator.video.writer import write_video

COUNT = 3 * DECODED_THROUGH


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Each frame shows its own number as seven upright stripes, one for each binary digit, lowest first."""
    bits = np.arange(COUNT)[:, None] >> np.arange(7) & 1
    stripes = np.pad(bits * 255, [(0, 0), (0, 1)]).repeat(6, axis=1)
    frames = np.broadcast_to(stripes[:, None, :, None], (COUNT, 32, 48, 3)).astype(np.uint8)
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_video(frames, path, fps=12.5)
    return path


def number(frame: np.ndarray) -> int:
    return sum(int(frame[16, 6 * bit + 3, 0] > 128) << bit for bit in range(7))


def test_it_knows_its_length_speed_and_size(film: pathlib.Path) -> None:
    with VideoReader(film) as video:
        assert (len(video), video.fps, video.size) == (COUNT, 12.5, (32, 48))


def test_frames_come_by_their_number_in_any_order(film: pathlib.Path) -> None:
    wanted = [0, 1, 2, 50, 49, 50, COUNT - 1, 0, 40, 80, 79, -1, 5]
    with VideoReader(film) as video:
        assert [number(video[index]) for index in wanted] == [index % COUNT for index in wanted]
        assert [number(frame) for frame in video.read([7, 3, 7])] == [7, 3, 7]


def test_all_frames_come_in_order(film: pathlib.Path) -> None:
    with VideoReader(film) as video:
        assert [number(frame) for frame in video.read()] == list(range(COUNT))


@pytest.mark.parametrize("index", [COUNT, -COUNT - 1])
def test_there_are_no_frames_beyond_the_ends(film: pathlib.Path, index: int) -> None:
    with VideoReader(film) as video, pytest.raises(IndexError):
        video[index]


def turned(content: bytes) -> bytes:
    """The film with a display matrix that turns it clockwise by 90 degrees, as phones write it (ISO 14496-12, tkhd)."""
    start = content.index(b"tkhd") + 4 + 40
    one = 1 << 16
    matrix = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    return content[:start] + matrix + content[start + 36 :]


def test_a_phones_rotation_is_applied(film: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "turned.mp4").write_bytes(turned(film.read_bytes()))
    with VideoReader(tmp_path / "turned.mp4") as video:
        assert video.size == (48, 32)
        assert number(np.rot90(video[77])) == 77, "turned back, the stripes are upright and in order"


def test_what_is_no_video_is_said(tmp_path: pathlib.Path, film: pathlib.Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "cut.mp4").write_bytes(film.read_bytes()[:100])
    for name in ("nowhere.mp4", "empty.mp4", "text.mp4", "cut.mp4", ""):
        with pytest.raises(Problem):
            VideoReader(tmp_path / name)


def test_a_film_cut_short_is_said_when_its_missing_frames_are_read(
    tmp_path: pathlib.Path, film: pathlib.Path
) -> None:
    content = film.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) - 3000])

    def read_all() -> None:
        with VideoReader(tmp_path / "cut.mp4") as video:
            video.read(range(COUNT))

    with pytest.raises((Problem, IndexError)):
        read_all()
