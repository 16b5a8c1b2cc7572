"""What kind of file it is, by its first bytes: a name's ending says what somebody called it."""

from __future__ import annotations

MARKS = (
    (".png", 0, b"\x89PNG\r\n\x1a\n"),
    (".gif", 0, b"GIF8"),
    (".webp", 8, b"WEBP"),
    (".jpg", 0, b"\xff\xd8\xff"),
    (".bmp", 0, b"BM"),
    (".tif", 0, b"II*\0"),
    (".tif", 0, b"MM\0*"),
    (".avi", 8, b"AVI "),
    (".webm", 0, b"\x1a\x45\xdf\xa3"),
    (".flv", 0, b"FLV\x01"),
    (".ogv", 0, b"OggS"),
    (".wmv", 0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    (".mpg", 0, b"\0\0\1\xba"),
    (".mpg", 0, b"\0\0\1\xb3"),
)
"""Ending, where its mark begins, the mark. Lists of files (HLS, concat) are not among them: they would be followed."""
BRANDS = {
    b"avif": ".avif",
    b"avis": ".avif",
    b"heic": ".heic",
    b"heix": ".heic",
    b"mif1": ".heic",
    b"qt  ": ".mov",
}
"""Of files that begin with an `ftyp` box; all others are MP4."""
QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""First boxes of films from before there was `ftyp`."""
PICTURES = (".png", ".jpg", ".webp", ".bmp", ".tif", ".avif", ".heic")
OURS = (
    (".png", 0, b"\x89PNG\r\n\x1a\n"),
    (".gif", 0, b"GIF89a"),
    (".webp", 8, b"WEBP"),
    (".mp4", 4, b"ftyp"),
)
TS, TS_PACKET = 0x47, 188


def kind_of(content: bytes) -> str | None:
    """The usual ending of such a file (".mov" for QuickTime, ".webm" for Matroska too), or None if it is not known."""
    if content[4:8] == b"ftyp":
        return BRANDS.get(content[8:12], ".mp4")
    if content[4:8] in QUICKTIME:
        return ".mov"
    if len(content) > 2 * TS_PACKET and content[0] == content[TS_PACKET] == content[2 * TS_PACKET] == TS:
        return ".ts"
    return next((ending for ending, start, mark in MARKS if content.startswith(mark, start)), None)


def nearly(content: bytes) -> str | None:
    """The kind of ours that it would be but for one byte of the mark that it begins with."""
    for ending, start, mark in OURS:
        there = content[start : start + len(mark)]
        if len(there) == len(mark) and sum(a != b for a, b in zip(there, mark, strict=True)) <= 1:
            return ending
    return None
