"""Who may call: only pages the studio served itself, under its own name, with the token where there is one.

A page of another site can send requests to 127.0.0.1, and can make its own name mean 127.0.0.1; so the names in
`Host` and `Origin` are checked before anything else looks at a request.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boximator.scene.problem import Fault, Problem
from boximator.studio.config import StudioConfig
from boximator.studio.refusals import answer

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class Refusal:
    """A request that is not let in."""

    status: HTTPStatus
    problem: Problem


class Guard:
    """ASGI middleware round the whole application."""

    def __init__(self, app: ASGIApp, *, config: StudioConfig) -> None:
        self._app = app
        self._token = config.token
        self._names = OWN_NAMES | {_bracketed(config.host).lower(), *map(str.lower, config.allow_hosts)}
        self._origins = frozenset(config.allow_origins)
        self._cookie = f"boximator_{config.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        sending = _with_headers(send)
        refusal = self._refusal(request)
        if refusal is None:
            await self._app(scope, receive, sending)
        else:
            response = self._entrance(request) or _said(refusal, request)
            await response(scope, receive, sending)

    def _refusal(self, request: Request) -> Refusal | None:
        """Why this request is not let in; None if it is."""
        if not self._is_own_name(request.headers.getlist("host")):
            return _foreign_host()
        if not self._is_own_page(request):
            return _foreign_origin()
        if self._token is not None and not self._knows_token(request):
            return _no_token()
        return None

    def _is_own_name(self, hosts: list[str]) -> bool:
        if len(hosts) != 1:
            return False
        name = _name(hosts[0])
        # Nobody can make an address mean another one; and who has the token has been invited.
        return name in self._names or (self._token is not None and _is_address(name))

    def _is_own_page(self, request: Request) -> bool:
        origins = request.headers.getlist("origin")
        if origins:
            own = {f"{scheme}://{request.headers['host']}" for scheme in ("http", "https")}
            return all(origin in own | self._origins for origin in origins)
        site = request.headers.get("sec-fetch-site", "none")
        visits = request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
        return site in {"none", "same-origin"} or visits

    def _knows_token(self, request: Request) -> bool:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return any(self._is_token(given) for given in (bearer, request.cookies.get(self._cookie, "")))

    def _is_token(self, given: str) -> bool:
        assert self._token is not None
        return secrets.compare_digest(given.encode(), self._token.encode())

    def _entrance(self, request: Request) -> Response | None:
        """The way in by an address with the token: it is put into a cookie, and out of sight."""
        if self._token is None or request.method != "GET" or request.url.path != "/":
            return None
        own = self._is_own_name(request.headers.getlist("host")) and self._is_own_page(request)
        if not own or not self._is_token(request.query_params.get("token", "")):
            return None
        response = RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)
        response.set_cookie(
            self._cookie, self._token, httponly=True, samesite="strict", max_age=30 * 24 * 3600
        )
        return response


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _said(refusal: Refusal, request: Request) -> JSONResponse | PlainTextResponse:
    """As JSON to programs, as text to people."""
    if request.url.path.startswith("/api/"):
        return answer(refusal.status, [Fault("", refusal.problem)])
    return PlainTextResponse(str(refusal.problem), status_code=refusal.status)


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    end = host.find("]") + 1 if host.startswith("[") else host.find(":")
    return (host if end <= 0 else host[:end]).lower()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _foreign_host() -> Refusal:
    return Refusal(
        HTTPStatus.MISDIRECTED_REQUEST,
        Problem(
            given="The request calls the studio by a name that is not its own",
            wanted="localhost, 127.0.0.1, the address it was bound to, or a name given as --allow-host",
            fix="Open the address that the studio printed when it started",
        ),
    )


def _foreign_origin() -> Refusal:
    return Refusal(
        HTTPStatus.FORBIDDEN,
        Problem(
            given="The request comes from a page of another origin",
            wanted="Only pages that the studio serves itself may call it, and those given as --allow-origin",
            fix="Open the address that the studio printed when it started",
        ),
    )


def _no_token() -> Refusal:
    return Refusal(
        HTTPStatus.UNAUTHORIZED,
        Problem(
            given="The request has no token, or a wrong one",
            wanted="This studio can be reached by others, so it asks for one",
            fix="Open the address with ?token=... that it printed, or send Authorization: Bearer TOKEN",
        ),
    )
