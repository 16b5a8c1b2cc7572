"""64 bits <-> 1536 signs: a checksum that tells chance from a mark, and a code that survives noise.

12 bytes (8 of payload, 4 of CRC-32) become one biorthogonal Hadamard word of 128 signs each: the first-order
Reed-Muller code RM(1, 7), decoded softly by one matrix product (MacWilliams and Sloane, chapter 14).
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int8

PAYLOAD_BITS = 64
WORD = 128
SYMBOLS = 12
SIGNS = WORD * SYMBOLS
SALT = b"boximator watermark 1"


@dataclass(frozen=True)
class Decoded:
    """What the signs most probably say. ``differing``: how many of the checksum's 32 bits disagree."""

    payload: int
    differing: int
    signs: Int8[np.ndarray, "1536"]

    @property
    def valid(self) -> bool:
        """Whether the checksum agrees, as it does by chance once in 4 thousand million."""
        return self.differing == 0


def encoded(payload: int) -> Int8[np.ndarray, "1536"]:
    """The signs (-1 or 1) of a payload of 64 bits."""
    if not 0 <= payload < 1 << PAYLOAD_BITS:
        raise ValueError(f"{payload} is no number of 64 bits")
    return _signs(with_checksum(payload.to_bytes(8, "big")))


def decoded(soft: Float[np.ndarray, "1536"]) -> Decoded:
    """The payload whose signs agree best with the values; 0 means unknown."""
    scores = correlations(soft)
    words = np.abs(scores).argmax(axis=1)
    negative = np.take_along_axis(scores, words[:, None], axis=1)[:, 0] < 0
    content = (words + WORD * negative).astype(np.uint8).tobytes()
    return Decoded(
        payload=int.from_bytes(content[:8], "big"),
        differing=_differing(content[8:], with_checksum(content[:8])[8:]),
        signs=_signs(content),
    )


def correlations(soft: Float[np.ndarray, "1536"]) -> Float[np.ndarray, "12 128"]:
    """How well each word fits each symbol; negative if its opposite fits."""
    return soft.reshape(SYMBOLS, WORD) @ _hadamard().T


def words_of(weights: Float[np.ndarray, "12 128"]) -> Float[np.ndarray, "12 128"]:
    """For each symbol the sum of all words, by their weights."""
    return weights @ _hadamard()


def with_checksum(content: bytes) -> bytes:
    """Bytes with their CRC-32 (four bytes) after them."""
    return content + zlib.crc32(SALT + content).to_bytes(4, "big")


def _differing(some: bytes, others: bytes) -> int:
    return (int.from_bytes(some, "big") ^ int.from_bytes(others, "big")).bit_count()


def _signs(content: bytes) -> Int8[np.ndarray, "1536"]:
    symbols = np.frombuffer(content, np.uint8).astype(int)
    return (
        (_hadamard()[symbols % WORD] * np.where(symbols < WORD, 1, -1)[:, None]).reshape(-1).astype(np.int8)
    )


@functools.cache
def _hadamard() -> Float[np.ndarray, "128 128"]:
    """Sylvester's matrix: entry (i, j) is -1 where i and j share an odd number of set bits."""
    one = np.array([[1.0, 1.0], [1.0, -1.0]])
    out = one
    while len(out) < WORD:
        out = np.kron(one, out)
    return out
