"""What a studio is started with."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from boximator.scene.problem import Problem
from boximator.studio.limits import LIMITS, Limits

PORT = 8600
HERE = "127.0.0.1"
GENERATE = "boximator.studio.generate:load"

ENGINES = ("local", "ray")
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")


@dataclass(frozen=True, kw_only=True)
class StudioConfig:
    """Where a studio lies and listens, and what runs its jobs.

    Raises:
        Problem: an engine, origin or token that cannot be one.
    """

    data: Path
    host: str = HERE
    port: int = PORT
    engine: str = "local"
    database: str | None = None
    """A SQLAlchemy URL; None is a SQLite file in `data`."""
    workers: int | None = None
    """How many; None is one for each device."""
    ray_address: str | None = None
    """Of a Ray cluster; None starts a Ray of its own."""
    token: str | None = None
    """What clients must know; needed unless `host` is this machine's own."""
    allow_hosts: tuple[str, ...] = ()
    """Names under which it may be called, beside its own."""
    allow_origins: tuple[str, ...] = ()
    """Other pages that may call it, such as http://localhost:5173."""
    job_function: str = GENERATE
    """`module:loader`, see `boximator.studio.engine.load_job`."""
    limits: Limits = LIMITS

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise Problem(
                given=f'The engine is "{self.engine}"',
                wanted=f"One of {', '.join(ENGINES)}",
                fix="Leave --engine out for worker processes on this machine",
            )
        for origin in self.allow_origins:
            if not ORIGIN.fullmatch(origin):
                raise Problem(
                    given=f'The origin is "{origin}"',
                    wanted="Scheme, name and port of a page, without anything behind them",
                    fix="Write it like http://localhost:5173",
                )
        if self.token is not None and not TOKEN.fullmatch(self.token):
            raise Problem(
                given="The token has fewer than 8 signs, or others than letters, digits, - and _",
                wanted="A token nobody can guess, which fits into an address",
                fix="Leave it out: the studio draws one",
            )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether this name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
