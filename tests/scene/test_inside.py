"""A scene inside its picture: what the editor wrote is read, plain pictures stay plain, damage is told."""

from __future__ import annotations

import pathlib
import shutil
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from boximator.scene.box import Box
from boximator.scene.inside import scene_inside
from boximator.scene.problem import ManyProblems, Problem

GOLDEN = pathlib.Path(__file__).parents[1] / "golden/project.png"
"""Written by web/tests/project.test.ts, by the code of the editor."""


def with_text(
    folder: pathlib.Path, text: str, *, keyword: str = "boximator", compressed: bool = False
) -> pathlib.Path:
    told = PngInfo()
    told.add_itxt(keyword, text, zip=compressed)
    Image.new("RGB", (32, 24), "teal").save(folder / "other.png", pnginfo=told)
    return folder / "other.png"


def test_the_picture_that_the_editor_wrote_gives_its_scene(tmp_path: pathlib.Path) -> None:
    renamed = tmp_path / "my dog.png"
    shutil.copyfile(GOLDEN, renamed)
    scene = scene_inside(renamed)
    assert scene is not None
    assert scene.picture == "my dog.png"
    assert scene.prompt == "a “quoted” dog, eine Möwe"
    assert (scene.seed, scene.frames, scene.last_picture) == (7, 16, None)
    dog, bird = scene.tracks
    assert [(key.frame, key.hard) for key in dog.keyframes] == [(0, True), (15, False)]
    assert dog.keyframes[0].box == Box(0.1, 0.2, 0.4, 0.6)
    assert (bird.id, bird.label) == (3, "小鸟 🐦")
    assert bird.path is not None
    assert bird.path.kind == "smooth"


def test_other_programs_see_a_whole_picture_and_the_text() -> None:
    with Image.open(GOLDEN) as picture:
        picture.verify()
    with Image.open(GOLDEN) as picture:
        picture.load()
        assert picture.size == (64, 48)
        assert picture.getpixel((10, 4)) == (40, 20, 28)
        assert '"prompt": "a “quoted” dog' in picture.info["boximator"]


def test_files_from_elsewhere_are_no_scenes(tmp_path: pathlib.Path) -> None:
    assert scene_inside(tmp_path / "none.png") is None
    assert scene_inside(tmp_path) is None
    Image.new("RGB", (32, 24)).save(tmp_path / "photo.jpg")
    assert scene_inside(tmp_path / "photo.jpg") is None
    assert scene_inside(with_text(tmp_path, "not ours", keyword="boximators")) is None
    assert scene_inside(with_text(tmp_path, "not ours", keyword="box")) is None


def test_text_that_is_no_scene_is_told_as_in_a_scene_file(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ManyProblems, match="The scene in other"):
        scene_inside(with_text(tmp_path, '{"version": 1, "tracks": 3}'))


def test_compressed_text_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Problem, match="compressed"):
        scene_inside(with_text(tmp_path, "x" * 400, compressed=True))


def test_an_enormous_chunk_is_not_read(tmp_path: pathlib.Path) -> None:
    head = struct.pack(">I4s", 2**31 - 1, b"iTXt") + b"boximator\0"
    (tmp_path / "large.png").write_bytes(GOLDEN.read_bytes()[:8] + head)
    with pytest.raises(Problem, match="MB large"):
        scene_inside(tmp_path / "large.png")


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_bit_in_the_scene_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    data = bytearray(GOLDEN.read_bytes())
    start = data.index(b"boximator\0")
    length = struct.unpack(">I", data[start - 8 : start - 4])[0]
    assert zlib.crc32(data[start - 4 : start + length]) == struct.unpack_from(">I", data, start + length)[0]
    data[start + 10 + place % (length - 10)] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / "broken.png"
    path.write_bytes(data)
    with pytest.raises(Problem, match="checksum"):
        scene_inside(path)


@given(length=st.integers(0, 1200))
def test_a_cut_file_never_gives_half_a_scene(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.png"
    path.write_bytes(GOLDEN.read_bytes()[:length])
    whole = GOLDEN.read_bytes()
    start = whole.index(b"boximator\0") - 8
    end = start + 12 + struct.unpack_from(">I", whole, start)[0]
    if start + 18 <= length < end:
        with pytest.raises(Problem, match="checksum"):
            scene_inside(path)
    else:
        scene = scene_inside(path)
        assert (scene is not None) == (length >= end)
