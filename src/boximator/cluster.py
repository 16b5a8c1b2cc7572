"""A Ray to work on: the cluster at an address, or one of this process's own."""

from __future__ import annotations

import logging
import os
import socket
from typing import Any

from boximator.scene.problem import Problem

PATIENCE = 5.0
"""Seconds in which a cluster's address must answer."""


def connect(address: str | None, *, log_to_driver: bool, **own: Any) -> None:
    """Connect this process to the Ray at the address, or start one with the settings ``own`` of `ray.init`.

    Nothing is told to anybody. `ray.shutdown` ends it.

    Raises:
        Problem: there is no Ray at the address.
    """
    import ray
    from ray.exceptions import RayError

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is not None:
        knock(address)
    told: dict[str, Any] = {} if address else {"include_dashboard": False, **own}
    try:
        ray.init(address=address or "local", logging_level=logging.ERROR, log_to_driver=log_to_driver, **told)
    except (ConnectionError, RayError, ValueError) as error:
        raise _no_ray(address, error) from error


def knock(address: str) -> None:
    """Whether anything answers at `HOST:PORT` or `ray://HOST:PORT`: Ray itself tries for minutes, and says little.

    Raises:
        Problem: nothing does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return  # "auto", or something that Ray will refuse itself
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise _no_ray(address, error) from error


def _no_ray(address: str | None, error: Exception) -> Problem:
    return Problem(
        given=f"There is no Ray at {address} ({error})",
        wanted="The address of a running cluster, as `ray start --head` printed it",
        fix="Start the cluster or correct the address, or leave --ray-address out: a Ray of its own is started. "
        "A cluster that asks for a token wants RAY_AUTH_MODE=token in the environment",
    )
