"""Whether our own file still has the form it was written in, where its C2PA signature does not look.

A signature leaves out bytes: the names and lengths of the manifest's own boxes, the room (of zeros) kept free behind
the signature, what wraps the manifest (a PNG chunk's check sum, a GIF's block lengths) and the first box of an MP4. A
file that says in its signed record that it has ``FORM`` 1 has in those places just what `fits` wants.
(Boxes: JUMBF, ISO 19566-5; where a manifest lies: C2PA specification 2, appendix A.)
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

FORM = 1
TOGGLES = frozenset({0x03, 0x13})
"""Of an assertion: it may be asked for and has a label, without and with a salt."""
NAMES = {b"c2as": b"c2pa.assertions", b"c2cl": b"c2pa.claim.v2", b"c2cs": b"c2pa.signature"}
OWN = re.compile(rb"org\.boximator\.generation\0.*dform\x01", re.DOTALL)
STORE = b"jumdc2pa\0\x11\0\x10"
TYPE = bytes.fromhex("00110010800000aa00389b71")
"""How the type of each box ends."""
TRACE = re.compile(rb"jumdc2(?:pa|ma|as|cl|cs)" + re.escape(TYPE))
"""The beginning of any of the five boxes that every manifest has: one changed byte hides one of them."""
ROOM = re.compile(rb"\xa1\x63padY(..)(\0*)\xf6", re.DOTALL)
"""In the signature (CBOR): the unprotected header, which holds zeros alone, and the payload, which stands elsewhere."""
UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
PURPOSE = bytes(4) + b"manifest\0" + bytes(8)
HEAD = 64
"""Bytes of an MP4's first box (`ftyp`, usually 32 of them) that the signed record holds."""
GIF_HEAD = b"\x21\xff\x0bC2PA_GIF\x01\0\0"
SUB_BLOCK = 255  # of a GIF, in bytes


def written(head: bytes, *, ending: str) -> dict[str, Any]:
    """What the signed record says about the form of a file that is about to be signed, of its first ``HEAD`` bytes."""
    return {"form": FORM, **({"first_box": _first_box(head)} if ending == ".mp4" else {})}


def traced(content: bytes) -> bool:
    """Whether there are parts of a manifest in a file in which no manifest can be read."""
    return TRACE.search(content) is not None or TRACE.search(_joined(content)) is not None


def fits(content: bytes, *, kind: str, record: dict[str, Any] | None) -> bool:
    """Whether a file of ours, whose signature is valid, is as it was written where the signature does not look.

    True for files whose signed record (``generation`` of the manifest) says nothing about their form.
    """
    if record is None or record.get("form") != FORM or kind not in _WRAPPED:
        return True
    if record.get("first_box", _first_box(content)) != _first_box(content):
        return False
    try:
        return _regular(_WRAPPED[kind](content))
    except (ValueError, struct.error):
        return False


def _first_box(content: bytes) -> str:
    return content[: min(HEAD, int.from_bytes(content[:4], "big"))].hex()


def _joined(content: bytes) -> bytes:
    """The manifest in a GIF, without the lengths between its blocks; nothing if there is none."""
    start = content.find(GIF_HEAD)
    parts: list[bytes] = []
    place = start + len(GIF_HEAD)
    while start >= 0 and place < len(content) and content[place]:
        parts.append(content[place + 1 : place + 1 + content[place]])
        place += 1 + content[place]
    return b"".join(parts)


def _same(content: bytes, wanted: bytes, *, at: int) -> None:
    if at < 0 or not content.startswith(wanted, at):
        raise ValueError


def _in_png(content: bytes) -> bytes:
    start = content.index(STORE) - 12
    manifest = content[start : start + int.from_bytes(content[start - 8 : start - 4], "big")]
    chunk = b"caBX" + manifest
    _same(
        content, struct.pack(">I", len(manifest)) + chunk + struct.pack(">I", zlib.crc32(chunk)), at=start - 8
    )
    return manifest


def _in_webp(content: bytes) -> bytes:
    start = content.index(STORE) - 12
    manifest = content[start : start + int.from_bytes(content[start - 4 : start], "little")]
    _same(content, b"C2PA" + struct.pack("<I", len(manifest)), at=start - 8)
    _same(content, bytes(len(manifest) % 2), at=start + len(manifest))
    return manifest


def _in_gif(content: bytes) -> bytes:
    manifest = _joined(content)
    blocks = (manifest[start : start + SUB_BLOCK] for start in range(0, len(manifest), SUB_BLOCK))
    wanted = GIF_HEAD + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    _same(content, wanted, at=content.find(GIF_HEAD))
    return manifest


def _in_mp4(content: bytes) -> bytes:
    head = len(UUID) + len(PURPOSE) + 8
    start = content.index(STORE) - 12
    box = content[start - head :]
    length = int.from_bytes(box[:4], "big")
    _same(box, struct.pack(">I", length) + b"uuid" + UUID + PURPOSE, at=0)
    return box[head:length]


_WRAPPED: dict[str, Callable[[bytes], bytes]] = {
    ".png": _in_png,
    ".webp": _in_webp,
    ".gif": _in_gif,
    ".mp4": _in_mp4,
}


def _regular(store: bytes) -> bool:
    """Whether boxes fill a manifest store to the last byte and each of our manifests in it is regular.

    Those of ingredients come first. Of another program's, it is only known that ours holds its hash.
    """
    [(_, content)] = _boxes(store)
    named, *ingredients, own = (box for _, box in _boxes(content))
    ours = [manifest for manifest in ingredients if OWN.search(manifest)]
    return named == _named(b"c2pa", b"c2pa") and all(_regular_manifest(each) for each in (*ours, own))


def _regular_manifest(manifest: bytes) -> bool:
    """Whether the boxes have the names they should, and the room holds zeros."""
    own, assertions, claim, signature = (content for _, content in _boxes(manifest))
    names = [_boxes(part)[0][1] for part in (assertions, claim, signature)]
    signs = {_boxes(part)[0][1][len(TYPE) + 4] for _, part in _boxes(assertions)[1:]}
    room = ROOM.search(signature)
    return (
        own.startswith(b"c2ma" + TYPE + b"\x03urn:c2pa:")
        and names == [_named(kind, name) for kind, name in NAMES.items()]
        and signs <= TOGGLES
        and room is not None
        and int.from_bytes(room[1], "big") == len(room[2])
    )


def _named(kind: bytes, name: bytes) -> bytes:
    return kind + TYPE + b"\x03" + name + b"\0"


def _boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kinds and contents of the boxes that lie one behind the other in ``data``, to its last byte."""
    out: list[tuple[bytes, bytes]] = []
    place = 0
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        if length < 8 or place + length > len(data) or kind not in (b"jumb", b"jumd", b"cbor", b"json"):
            raise ValueError
        out.append((kind, data[place + 8 : place + length]))
        place += length
    return out
