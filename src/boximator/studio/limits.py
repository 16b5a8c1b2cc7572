"""What a client may send, at most."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Upload and job limits of one studio; `GET /api/v1/capabilities` tells them."""

    upload_bytes: int = 64 * MEGABYTE
    json_bytes: int = 8 * MEGABYTE
    pixels: int = 50_000_000
    frames: int = 241
    waiting: int = 5_000
    """Jobs in the queue."""


LIMITS = Limits()
