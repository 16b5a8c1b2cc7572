"""Bodies that are too large are refused before they are read, or as soon as they have grown too large."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boximator.scene.problem import Fault
from boximator.studio.limits import MEGABYTE, Limits
from boximator.studio.refusals import answer, too_large

UPLOADS = frozenset({"/api/v1/pictures", "/api/v1/imports", "/api/v1/verifications"})


class BodyLimit:
    """ASGI middleware round the application."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._limits.upload_bytes + MEGABYTE if scope["path"] in UPLOADS else self._limits.json_bytes
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > most:
            problem = too_large(f"The body has {length} bytes")
            response = answer(problem.status, [Fault("", problem)], headers={"Connection": "close"})
            await response(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most=most), send)


def _counted(receive: Receive, *, most: int) -> Receive:
    """A body may say nothing of its length, or something wrong."""
    read = 0

    async def counting() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body has more than {most} bytes")
        return message

    return counting
