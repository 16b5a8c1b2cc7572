from __future__ import annotations

import contextlib
import io
import pathlib
import struct
import warnings
import zlib
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from boximator.scene.embedded import embedded
from boximator.scene.problem import Problem
from boximator.video.picture import open_picture, read_picture, scene_picture

TRIED: Counter[str] = Counter()

ROWS, COLUMNS = 24, 40


def quarters() -> np.ndarray:
    """Red, green / blue, white: which way up a picture is can be seen."""
    pixels = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    pixels[: ROWS // 2, : COLUMNS // 2] = (255, 0, 0)
    pixels[: ROWS // 2, COLUMNS // 2 :] = (0, 255, 0)
    pixels[ROWS // 2 :, : COLUMNS // 2] = (0, 0, 255)
    pixels[ROWS // 2 :, COLUMNS // 2 :] = 255
    return pixels


def saved(folder: pathlib.Path, image: Image.Image, name: str, **options: Any) -> pathlib.Path:
    image.save(folder / name, **options)
    return folder / name


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tiff", "a.ppm", "a.gif", "a.webp"])
def test_lossless_pictures_come_through_exactly(tmp_path: pathlib.Path, name: str) -> None:
    options = {"lossless": True} if name == "a.webp" else {}
    path = saved(tmp_path, Image.fromarray(quarters()), name, **options)
    np.testing.assert_array_equal(read_picture(path), quarters())


def test_a_scene_names_its_picture_or_holds_it(tmp_path: pathlib.Path) -> None:
    path = saved(tmp_path, Image.fromarray(quarters()), "a.png")
    held = embedded(path.read_bytes())
    for name in ("a.png", held):
        np.testing.assert_array_equal(scene_picture(tmp_path / "scene.json", name).pixels, quarters())
    with pytest.raises(Problem, match="embedded picture is damaged"):
        scene_picture(tmp_path / "scene.json", embedded(path.read_bytes()[:60]))


def test_the_name_of_a_file_does_not_matter_its_content_does(tmp_path: pathlib.Path) -> None:
    path = saved(tmp_path, Image.fromarray(quarters()), "a.jpg", format="PNG")
    np.testing.assert_array_equal(read_picture(path), quarters())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_phones_rotation_is_applied(tmp_path: pathlib.Path, orientation: int) -> None:
    """What is stored is turned such that the tag turns it back (EXIF 2.3, tag 0x0112)."""
    upright = quarters()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, Image.fromarray(np.ascontiguousarray(stored)), "a.png", exif=exif)
    np.testing.assert_array_equal(read_picture(path), upright)


@pytest.mark.parametrize("name", ["a.jpg", "a.tiff"])
def test_ink_colours_become_light_colours(tmp_path: pathlib.Path, name: str) -> None:
    options = {"quality": 95} if name == "a.jpg" else {}
    path = saved(tmp_path, Image.fromarray(quarters()).convert("CMYK"), name, **options)
    assert np.abs(read_picture(path).astype(int) - quarters())[4:8, 4:12].max() < 12


def test_16_bit_grey_keeps_its_high_byte(tmp_path: pathlib.Path) -> None:
    ramp = np.linspace(0, 65535, COLUMNS, dtype=np.uint16)[None].repeat(ROWS, axis=0)
    for name in ("a.png", "a.tiff"):
        read = read_picture(saved(tmp_path, Image.fromarray(ramp), name))
        np.testing.assert_allclose(read[0, :, 0], np.linspace(0, 255, COLUMNS), atol=1)


def test_16_bit_colour_keeps_its_high_byte(tmp_path: pathlib.Path) -> None:
    rows = (quarters().astype(">u2") * 257).reshape(ROWS, -1)
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    path = tmp_path / "a.png"
    path.write_bytes(png(COLUMNS, ROWS, depth=16, data=zlib.compress(data)))
    np.testing.assert_array_equal(read_picture(path), quarters())


def test_grey_of_floats_is_read_by_its_range(tmp_path: pathlib.Path) -> None:
    for top in (1.0, 255.0):
        image = Image.fromarray(np.full((ROWS, COLUMNS), top, np.float32))
        assert (read_picture(saved(tmp_path, image, "a.tiff")) == 255).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_lies_over_white(tmp_path: pathlib.Path, mode: str) -> None:
    image = Image.new("RGBA", (COLUMNS, ROWS), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, COLUMNS // 2, ROWS))
    name = "a.png" if mode != "PA" else "a.gif"
    read = read_picture(saved(tmp_path, image.convert(mode) if mode != "PA" else image, name))
    assert (read[:, : COLUMNS // 2] == 0).all()
    assert (read[:, COLUMNS // 2 :] == 255).all()


def test_half_transparent_is_half_white(tmp_path: pathlib.Path) -> None:
    path = saved(tmp_path, Image.new("RGBA", (COLUMNS, ROWS), (255, 0, 0, 128)), "a.png")
    np.testing.assert_allclose(read_picture(path)[0, 0], (255, 127, 127), atol=1)


def test_a_transparent_colour_of_a_palette_counts_too(tmp_path: pathlib.Path) -> None:
    image = Image.fromarray(quarters()).quantize(4)
    path = saved(tmp_path, image, "a.png", transparency=image.getpixel((0, 0)))
    read = read_picture(path)
    assert (read[0, 0] == 255).all()
    assert (read[0, -1] == (0, 255, 0)).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "YCbCr"])
def test_other_modes_become_rgb(tmp_path: pathlib.Path, mode: str) -> None:
    path = saved(tmp_path, Image.fromarray(quarters()).convert(mode), "a.tiff")
    read = read_picture(path)
    assert (read.dtype, read.shape) == (np.uint8, (ROWS, COLUMNS, 3))


def test_of_an_animation_the_first_frame_is_taken_and_that_is_said(tmp_path: pathlib.Path) -> None:
    first, second = Image.fromarray(quarters()), Image.new("RGB", (COLUMNS, ROWS))
    for name in ("a.gif", "a.png", "a.webp"):
        options = {"lossless": True} if name == "a.webp" else {}
        path = saved(tmp_path, first, name, save_all=True, append_images=[second, first], **options)
        picture = open_picture(path)
        np.testing.assert_array_equal(picture.pixels, quarters())
        assert picture.notes == (f"{name} holds 3 frames; the first one is used.",)
    assert open_picture(saved(tmp_path, first, "still.png")).notes == ()


def test_it_is_scaled_to_the_longest_side_and_never_up(tmp_path: pathlib.Path) -> None:
    path = saved(tmp_path, Image.fromarray(quarters()), "a.png")
    assert read_picture(path, longest=20).shape == (12, 20, 3)
    assert read_picture(path, longest=4000).shape == (ROWS, COLUMNS, 3)


def png(width: int, height: int, *, depth: int = 8, data: bytes = b"") -> bytes:
    """A PNG written by hand, so that its header may promise anything."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((1, 1), "at least 16"),
        ((400, 15), "at least 16"),
        ((10_001, 10_000), "100 megapixels"),
        ((100_000, 100_000), "100 megapixels"),
    ],
)
def test_the_size_is_judged_by_the_header_alone(
    tmp_path: pathlib.Path, size: tuple[int, int], words: str
) -> None:
    """The file holds no pixels: decoding them would be another fault."""
    path = tmp_path / "a.png"
    path.write_bytes(png(*size))
    with pytest.raises(Problem, match=words):
        read_picture(path)


def test_what_is_no_picture_file_is_said(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").touch()
    (tmp_path / "a.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n")
    for name, words in (
        ("nowhere.png", "no picture"),
        ("text.png", "not a picture"),
        ("empty.png", "not a picture"),
        ("a.eps", "not a picture"),
        ("", "directory"),
        ("nul\0.png", "null byte"),
    ):
        with pytest.raises(Problem, match=words):
            read_picture(f"{tmp_path}/{name}")


def samples() -> list[bytes]:
    """Small pictures of every format."""
    image = Image.fromarray(quarters())
    found: list[bytes] = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"):
        for mode in ("RGB", "L"):
            stream = io.BytesIO()
            image.convert(mode).save(stream, kind)
            found.append(stream.getvalue())
    return found


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(samples()),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=4)), max_size=4),
    st.integers(0, 4000),
)
def test_damaged_pictures_are_read_or_refused(
    tmp_path: pathlib.Path, sample: bytes, scratches: list[tuple[int, bytes]], end: int
) -> None:
    TRIED["damaged pictures"] += 1
    damaged = bytearray(sample)
    for place, scratch in scratches:
        start = place % len(damaged)
        damaged[start : start + len(scratch)] = scratch
    path = tmp_path / "a"
    path.write_bytes(damaged[: max(end, 1)])
    with contextlib.suppress(Problem), warnings.catch_warnings():
        warnings.simplefilter("error")
        read = read_picture(path)
        assert read.dtype == np.uint8
        assert read.shape[2] == 3


def test_how_many_pictures_were_tried_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    if not TRIED:
        pytest.skip("the test that tries pictures did not run")
    with capsys.disabled():
        print(f"\ndamaged pictures tried by fuzzing: {TRIED.total()}")  # noqa: T201
