"""Was this made here? The service looks as `boximator verify` does, and trusts no name."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studio_stand_ins import Client, client, config_in, png

from boximator.provenance.marks import write_marked
from boximator.studio.limits import LIMITS
from boximator.video.writer import write_video


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small marked video of noise, in which the watermark can be found."""
    path = tmp_path_factory.mktemp("ours") / "ours.mp4"
    noise = np.random.default_rng(0).integers(60, 190, (1, 24, 32, 3), np.uint8)
    frames = np.repeat(noise.repeat(12, axis=1).repeat(12, axis=2), 4, axis=0)
    write_marked(frames, path, fps=8)
    return path.read_bytes()


def look(studio: Client, data: bytes, name: str = "clip.mp4") -> tuple[int, dict[str, Any]]:
    answer = studio.http.post("/api/v1/verifications", files={"file": (name, data)})
    return answer.status_code, answer.json()


def test_what_was_made_here_is_known_again_under_any_name(studio: Client, ours: bytes) -> None:
    for name in ("clip.mp4", "../../holiday.m3u8", "no ending"):
        status, told = look(studio, ours, name)
        assert status == 200, told
        assert told["verdict"] == "intact"
        assert [layer["name"] for layer in told["layers"]] == ["label", "watermark", "metadata", "signature"]
        assert all(layer["found"] for layer in told["layers"])
        assert told["file"] == name.rpartition("/")[2]


def test_a_byte_that_changed_is_told(studio: Client, ours: bytes) -> None:
    at = ours.index(b"mdat") + 2000
    status, told = look(studio, ours[:at] + bytes([ours[at] ^ 1]) + ours[at + 1 :])
    assert status == 200
    assert told["verdict"] == "changed"


def test_of_a_picture_without_marks_nothing_is_claimed(studio: Client) -> None:
    status, told = look(studio, png((200, 150)), "a.png")
    assert status == 200
    assert told["verdict"] == "missing"
    assert not any(layer["found"] for layer in told["layers"])
    assert "does not say that the file is a photograph" in told["words"]


@pytest.mark.parametrize(
    "data", [b"#EXTM3U\nhttp://127.0.0.1/secret", b"hello", b"", b"\0\0\0\x20ftypmp42junk"]
)
def test_what_is_neither_picture_nor_video_is_refused_in_words(studio: Client, data: bytes) -> None:
    status, told = look(studio, data, "list.m3u8")
    assert status == 422
    assert "/tmp" not in told["message"]
    assert "list.m3u8" in told["message"]


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    write_video(np.zeros((2, 128, 128, 3), np.uint8), tmp_path / "clip.mp4", fps=8)
    limits = dataclasses.replace(LIMITS, upload_bytes=20_000, pixels=10_000)
    with client(config_in(tmp_path, limits=limits)) as narrow:
        for data in (b"\xff" * 30_000, png((200, 200)), (tmp_path / "clip.mp4").read_bytes()):
            assert look(narrow, data)[0] == 413
