"""Runs the application on a port until it is told to stop."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import uvicorn

from boximator.scene.problem import Problem
from boximator.studio.app import create_app
from boximator.studio.config import StudioConfig
from boximator.studio.opening import make_engine, opened
from boximator.studio.service import Studio

PATIENCE = 5
"""Seconds that open requests may take to end when the studio stops."""


def serve(config: StudioConfig, *, say: Callable[[str], None], browse: bool) -> None:
    """Serve until SIGINT or SIGTERM. `say` is told the address once it is there.

    Raises:
        Problem: the port is taken, or the studio cannot be opened (see `boximator.studio.opening`).
    """
    # uvicorn ends well at SIGTERM, and then sends it again: unhandled, it would end us before the studio is closed.
    signal.signal(signal.SIGTERM, _leave)
    if config.token is None and not config.is_local:
        config = replace(config, token=secrets.token_urlsafe(16))
    with bound(config) as listener, opened(config, engine=make_engine(config)) as studio:
        config = replace(config, port=listener.getsockname()[1])
        server = Server(
            uvicorn.Config(
                create_app(config, studio=studio),
                lifespan="off",
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=PATIENCE,
            ),
            studio=studio,
            ready=lambda: _announce(address(config), say=say, browse=browse),
        )
        server.run(sockets=[listener])


class Server(uvicorn.Server):
    """uvicorn, which ends the event streams before it waits for them, and says when it is there."""

    def __init__(self, config: uvicorn.Config, *, studio: Studio, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._studio = studio
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._studio.broadcast.close()
        super().handle_exit(sig, frame)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def bound(config: StudioConfig) -> contextlib.closing[socket.socket]:
    """A socket at the studio's address."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((config.host.strip("[]"), config.port))
    except OSError as error:
        listener.close()
        raise Problem(
            given=f"Nothing can listen at {config.host}, port {config.port}: {error.strerror or error}",
            wanted="A free port at an address of this machine",
            fix="Give another one: --port 8601 (0 finds a free one)",
        ) from error
    return contextlib.closing(listener)


def address(config: StudioConfig) -> str:
    """What to open in a browser."""
    host = "127.0.0.1" if config.host in {"0.0.0.0", "::"} else config.host
    shown = f"[{host}]" if ":" in host else host
    token = "" if config.token is None else f"?token={config.token}"
    return f"http://{shown}:{config.port}/{token}"


def _announce(where: str, *, say: Callable[[str], None], browse: bool) -> None:
    say(f"The studio is at {where}")
    if browse:
        threading.Thread(target=webbrowser.open, args=(where,), daemon=True).start()
