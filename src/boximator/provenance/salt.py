"""The same signed file whenever it is made again: a C2PA manifest's salts made by a key, instead of by chance.

The package that signs puts 16 random bytes into every assertion, so that nobody who is given a manifest from which an
assertion was taken out can guess it. Here they are an HMAC of the assertion with the signer's key: as hard to guess,
and the same every time. What depends on them, the assertions' hashes in the claim and the signature, is made anew.
(Boxes: JUMBF, ISO 19566-5; salts: C2PA specification 2, "Hashing JUMBF boxes".)
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_SUPERBOX, _SALT = b"jumb", b"\0\0\0\x18c2sh"
_CLAIM, _CONTAINERS = b"c2cl", (b"c2pa", b"c2ma", b"c2as")
_SALT_SIZE = 16
_HEADER = 8  # bytes: length and kind
_SUB_BLOCK = 255  # of a GIF, in bytes


@dataclass(frozen=True)
class Signature:
    """Bytes that were signed, and their signature."""

    data: bytes
    value: bytes


def steady(manifest: bytes, *, key: bytes, signature: Signature, sign: Callable[[bytes], bytes]) -> bytes:
    """A manifest store with salts that ``key`` makes, signed anew by ``sign``; as long as before.

    ``signature`` is the one in it. A manifest that is laid out in another way than is known here stays as it is: it is
    as valid, and only differs from time to time.
    """
    claim = next((box for box in _superboxes(manifest) if _kind(box) == _CLAIM), None)
    if claim is None:
        return manifest
    payload = claim[_described(claim) + _HEADER :]
    if signature.data.count(payload) != 1 or manifest.count(signature.value) != 1:
        return manifest
    told, changed = payload, manifest
    for box in _superboxes(manifest):
        if _kind(box) not in _CONTAINERS and box[: _described(box)].count(_SALT) == 1:
            salted = _salted(box, key=key)
            old, new = (hashlib.sha256(content).digest() for content in (box, salted))
            if manifest.count(old) != 1 or told.count(old) != 1:
                return manifest
            told, changed = told.replace(old, new), changed.replace(box, salted)
    value = sign(signature.data.replace(payload, told))
    return changed.replace(payload, told).replace(signature.value, value)


def _described(box: bytes) -> int:
    """Length of the description with which a superbox begins."""
    return int.from_bytes(box[:4], "big")


def _kind(box: bytes) -> bytes:
    """What a superbox is, by the first four bytes of its type."""
    return box[_HEADER : _HEADER + 4]


def _superboxes(data: bytes) -> Iterator[bytes]:
    """The contents (without their headers) of all boxes that hold boxes, outer ones first."""
    place = 0
    while place + _HEADER <= len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + _HEADER]
        if length < _HEADER:
            return
        if kind == _SUPERBOX:
            content = data[place + _HEADER : place + length]
            yield content
            yield from _superboxes(content)
        place += length


def _salted(box: bytes, *, key: bytes) -> bytes:
    before, _, after = box.partition(_SALT)
    rest = after[_SALT_SIZE:]
    return before + _SALT + hmac.digest(key, before + rest, "sha256")[:_SALT_SIZE] + rest


def replaced(file: bytes, *, old: bytes, new: bytes, ending: str) -> bytes:
    """A file with one manifest in the place of another of the same length, as files of this ending hold them."""
    if ending == ".gif":
        old, new = _sub_blocks(old), _sub_blocks(new)
    if ending == ".png":
        old, new = (chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in (b"caBX" + old, b"caBX" + new))
    assert len(old) == len(new), "places in a file are counted from its start"
    assert file.count(old) == 1, "a signed file holds its manifest once"
    return file.replace(old, new)


def _sub_blocks(data: bytes) -> bytes:
    """Data as a GIF holds it: in blocks that begin with their length."""
    blocks = (data[start : start + _SUB_BLOCK] for start in range(0, len(data), _SUB_BLOCK))
    return b"".join(bytes([len(block)]) + block for block in blocks)
