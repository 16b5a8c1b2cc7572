"""Fixtures of the studio's tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from postgres_server import postgres_server, server_programs
from sqlalchemy import create_engine, text
from studio_stand_ins import Client, client, config_in

NO_SERVER = "there is no PostgreSQL server here (Debian: apt-get install postgresql)"


@pytest.fixture
def studio(tmp_path: Path) -> Generator[Client]:
    """A studio on an engine moved by hand."""
    with client(config_in(tmp_path)) as it:
        yield it


@pytest.fixture(scope="session")
def postgres() -> Generator[Callable[[], str]]:
    """Makes empty PostgreSQL databases, and gives their addresses; skips where there is no server."""
    programs = server_programs()
    if programs is None:
        pytest.skip(NO_SERVER)
    with postgres_server(programs) as address:
        server = create_engine(
            address.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        numbers = itertools.count()

        def empty() -> str:
            name = f"studio{next(numbers)}"
            with server.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return address.replace("/postgres?", f"/{name}?")

        yield empty
        server.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database of each kind; None is SQLite in the studio's folder."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres")()
