"""Bodies that are too large."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from boximator.studio.body_limit import UPLOADS, BodyLimit
from boximator.studio.limits import LIMITS, MEGABYTE

SMALL = dataclasses.replace(LIMITS, json_bytes=1000, upload_bytes=5000)


def read(path: str, *, chunks: int, size: int = 100) -> int:
    """How many chunks were read of a body that does not say its length."""
    taken = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del send
        await Request(scope, receive).body()

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b" " * size, "more_body": taken < chunks}

    async def send(message: Message) -> None:
        del message

    scope = {"type": "http", "method": "POST", "path": path, "headers": []}
    with contextlib.suppress(HTTPException):  # which the application answers
        asyncio.run(BodyLimit(app, limits=SMALL)(scope, receive, send))
    return taken


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/", "/api/v1/pictures/"])
def test_a_body_that_says_no_length_is_read_to_the_limit_and_no_further(path: str) -> None:
    assert read(path, chunks=10) == 10
    assert read(path, chunks=10**9) == 11


def test_an_upload_may_be_larger() -> None:
    for path in UPLOADS:
        assert read(path, chunks=10**9, size=MEGABYTE // 10) == 11
