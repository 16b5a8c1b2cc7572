from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from photo_films import film
from PIL import Image

from boximator.provenance.watermark.detect import detect
from boximator.provenance.watermark.embed import embedded
from boximator.video.reader import VideoReader
from boximator.video.writer import write_gif, write_video

PAYLOAD = 0x0123456789ABCDEF


@pytest.fixture(scope="module")
def plain() -> np.ndarray:
    return film(rows=384, columns=480)


@pytest.fixture(scope="module")
def marked(plain: np.ndarray) -> np.ndarray:
    return embedded(plain, PAYLOAD)


def resized(frames: np.ndarray, factor: float) -> np.ndarray:
    return np.stack(
        [cv2.resize(frame, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) for frame in frames]
    )


def test_the_mark_is_faint_and_the_same_on_every_frame(plain: np.ndarray, marked: np.ndarray) -> None:
    change = marked.astype(float) - plain
    assert 10 * np.log10(255**2 / np.mean(change**2)) >= 40
    still = np.all(plain == plain[:1], axis=(0, 3))
    assert np.ptp(change[:, still], axis=0).max() == 0


def test_frames_without_a_mark_have_none(plain: np.ndarray) -> None:
    assert detect(plain).payload is None


@pytest.mark.parametrize("crf", [23, 35])
def test_it_survives_a_video_codec(crf: int, marked: np.ndarray, tmp_path: Path) -> None:
    write_video(marked, tmp_path / "a.mp4", fps=8, crf=crf)
    with VideoReader(tmp_path / "a.mp4") as video:
        assert detect(np.stack([video[index] for index in range(len(video))])).payload == PAYLOAD


def test_it_survives_a_gif(marked: np.ndarray, tmp_path: Path) -> None:
    write_gif(marked, tmp_path / "a.gif", fps=8)
    with Image.open(tmp_path / "a.gif") as gif:
        assert detect(np.asarray(gif.convert("RGB"))[None]).payload == PAYLOAD


def test_it_survives_what_people_do(marked: np.ndarray) -> None:
    changed = {
        "half and back": resized(resized(marked, 0.5), 2.0),
        "four fifths": marked[:, 30:340, 50:440],
        "brighter": np.clip(marked * 1.2 + 10, 0, 255).astype(np.uint8),
        "screenshot": resized(marked[3:4], 0.83),
        "every other frame": marked[::2],
        "mirrored": marked[:, :, ::-1],
    }
    assert {name: detect(frames).payload for name, frames in changed.items()} == dict.fromkeys(
        changed, PAYLOAD
    )


def test_a_small_picture_is_no_trouble() -> None:
    assert detect(np.zeros((1, 16, 16, 3), np.uint8)).payload is None
    assert detect(np.zeros((1, 64, 300, 3), np.uint8)).payload is None
