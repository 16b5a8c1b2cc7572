from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.provenance.kind import OURS, kind_of, nearly

HEADS = {
    ".png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    ".gif": b"GIF89a\x10\0\x10\0",
    ".webp": b"RIFF\0\0\0\0WEBPVP8 ",
    ".jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    ".mp4": b"\0\0\0\x20ftypisom\0\0\2\0",
    ".mov": b"\0\0\0\x14ftypqt  \0\0\2\0",
    ".avif": b"\0\0\0\x20ftypavif\0\0\0\0",
    ".avi": b"RIFF\0\0\0\0AVI LIST",
    ".webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81",
    ".ts": (b"\x47" + bytes(187)) * 3,
}


@pytest.mark.parametrize("kind", HEADS)
def test_the_first_bytes_tell(kind: str) -> None:
    assert kind_of(HEADS[kind] + bytes(40)) == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"P", b"#EXTM3U\nhttp://127.0.0.1/", b"ffconcat version 1.0\nfile a.mp4", b"%PDF-1.7", b"PK\3\4"],
)
def test_lists_and_papers_are_of_no_kind(content: bytes) -> None:
    assert kind_of(content) is None
    assert nearly(content) is None


@given(
    kind=st.sampled_from([kind for kind, _, _ in OURS]), place=st.integers(0, 15), mask=st.integers(1, 255)
)
def test_a_wrong_byte_hides_no_kind_of_ours(kind: str, place: int, mask: int) -> None:
    content = bytearray(HEADS[kind] + bytes(40))
    content[place % len(HEADS[kind])] ^= mask
    assert kind_of(bytes(content)) is not None or nearly(bytes(content)) == kind


@given(st.binary(max_size=600))
def test_any_bytes_are_of_some_kind_or_of_none(content: bytes) -> None:
    assert kind_of(content) in {None, ".bmp", ".mpg", ".ts", ".tif", *HEADS} | {
        ".flv",
        ".ogv",
        ".wmv",
        ".heic",
    }
