"""Uploads: what is taken, what is refused, and how large it may be."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from studio_stand_ins import Client, client, config_in, png

from boximator.studio.limits import LIMITS
from boximator.video.writer import write_video

SMALL = dataclasses.replace(LIMITS, upload_bytes=20_000, pixels=10_000)


@pytest.fixture
def narrow(tmp_path: Path) -> Generator[Client]:
    """A studio with low limits."""
    with client(config_in(tmp_path, limits=SMALL)) as it:
        yield it


def post(studio: Client, data: bytes, name: str = "a.png") -> tuple[int, dict[str, object]]:
    answer = studio.http.post("/api/v1/pictures", files={"file": (name, data)})
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_pictures_are_taken_and_shown(studio: Client, kind: str) -> None:
    status, picture = post(studio, png(kind=kind), "dog")
    assert (status, picture["width"], picture["height"], picture["name"]) == (201, 64, 48, "dog")
    assert studio.http.get(f"/api/v1/pictures/{picture['id']}").json() == picture
    shown = studio.http.get(str(picture["image"]))
    assert shown.headers["content-type"] == "image/webp"
    assert "immutable" in shown.headers["cache-control"]
    assert Image.open(io.BytesIO(shown.content)).size == (64, 48)


def test_of_a_video_the_first_frame_is_used_and_that_is_said(studio: Client, tmp_path: Path) -> None:
    frames = np.zeros((3, 32, 64, 3), np.uint8)
    frames[0] = 200
    write_video(frames, tmp_path / "clip.mp4", fps=8)
    status, picture = post(studio, (tmp_path / "clip.mp4").read_bytes(), "clip.mp4")
    assert (status, picture["width"], picture["height"]) == (201, 64, 32)
    assert picture["notes"] == ["clip.mp4 is a video; its first frame is used."]
    shown = np.asarray(Image.open(io.BytesIO(studio.http.get(str(picture["image"])).content)))
    assert shown.mean() > 190


def test_what_is_shown_is_upright_and_not_too_large(studio: Client) -> None:
    turned = Image.new("RGB", (3000, 100), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    stream = io.BytesIO()
    turned.save(stream, format="JPEG", exif=exif)
    _, picture = post(studio, stream.getvalue())
    assert (picture["width"], picture["height"]) == (100, 3000)
    shown = studio.http.get(str(picture["image"])).content
    assert max(Image.open(io.BytesIO(shown)).size) == 2048


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", png()[:60], b"\0\0\0\x20ftypisom" + bytes(100), b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n",
     png((3, 3)), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x1a\x45\xdf\xa3" + bytes(60)],
    ids=["empty", "text", "cut", "no video", "playlist", "tiny", "svg", "no matroska"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_words(studio: Client, data: bytes, tmp_path: Path) -> None:
    status, body = post(studio, data, "thing.png")
    assert status == 422
    assert "thing.png" in str(body["message"])
    assert str(tmp_path) not in str(body["message"])
    assert [*(tmp_path / "data" / "pictures").iterdir()] == []


def test_names_of_files_are_for_people_and_name_no_place(studio: Client, tmp_path: Path) -> None:
    _, picture = post(studio, png(), "../../../etc/<b>cron</b>\x1b[31m.png")
    assert picture["name"] == "b>[31m.png"
    assert [path.name for path in (tmp_path / "data" / "pictures").iterdir()] == [picture["id"]]


def test_limits_on_bytes_and_pixels(narrow: Client) -> None:
    assert post(narrow, png((90, 90)))[0] == 201
    status, body = post(narrow, png((200, 200)))
    assert status == 413
    assert "200 x 200 pixels" in str(body["message"])
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 90, 3)).astype(np.uint8))
    stream = io.BytesIO()
    noise.save(stream, format="BMP")
    assert post(narrow, stream.getvalue())[0] == 413


def test_a_body_far_beyond_the_limit_is_not_even_read(studio: Client) -> None:
    length = str(LIMITS.upload_bytes * 10)
    answer = studio.http.post("/api/v1/pictures", content=b"", headers={"Content-Length": length})
    assert answer.status_code == 413
    assert answer.json()["faults"][0]["fix"]
    assert answer.headers["content-security-policy"]


def test_no_file_is_refused_in_words(studio: Client) -> None:
    answer = studio.http.post("/api/v1/pictures", data={"other": "field"})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["place"] == "file"


@pytest.mark.parametrize("name", ["a" * 22, "a", "..%2F..%2Fetc%2Fpasswd", "..", "a" * 21 + "."])
def test_a_picture_that_never_was_is_not_found(studio: Client, name: str) -> None:
    for path in (f"/api/v1/pictures/{name}", f"/api/v1/pictures/{name}/image"):
        assert studio.http.get(path).status_code in {404, 422}


def test_a_thing_is_taken_out_of_a_picture(studio: Client) -> None:
    pixels = np.full((96, 128, 3), 120, np.uint8)
    pixels[30:70, 50:90] = (220, 30, 30)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    _, full = post(studio, stream.getvalue(), "dog.png")
    box = [50 / 128, 30 / 96, 90 / 128, 70 / 96]
    answer = studio.http.post(f"/api/v1/pictures/{full['id']}/clearings", json={"box": box})
    assert answer.status_code == 201
    empty = answer.json()
    assert (empty["width"], empty["height"], empty["name"]) == (128, 96, "dog.png")
    assert empty["id"] != full["id"]
    shown = np.asarray(Image.open(io.BytesIO(studio.http.get(empty["image"]).content)).convert("RGB"))
    assert np.abs(shown.astype(int) - 120).max() < 20
    again = np.asarray(Image.open(io.BytesIO(studio.http.get(str(full["image"])).content)).convert("RGB"))
    assert again[50, 70, 0] > 180


@pytest.mark.parametrize(
    "box", [[0.5, 0.5, 0.5, 0.9], [-3, 0, -2, 1], [0.9, 0.1, 0.2, 0.8], [0, 0, 9, 1], [0, 1]]
)
def test_nothing_is_taken_out_of_what_does_not_show(studio: Client, box: list[float]) -> None:
    _, picture = post(studio, png())
    answer = studio.http.post(f"/api/v1/pictures/{picture['id']}/clearings", json={"box": box})
    assert answer.status_code == 422
    assert answer.json()["faults"]


def test_a_picture_that_is_not_there_is_not_cleared(studio: Client) -> None:
    answer = studio.http.post(f"/api/v1/pictures/{'a' * 22}/clearings", json={"box": [0, 0, 1, 1]})
    assert answer.status_code == 404
