"""The database of a studio: SQLite in its folder, or whatever a URL names."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, func, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from boximator.scene.problem import Problem
from boximator.studio.tables import Table, VersionRow

VERSION = 1
LOCK = 0x626F78696D61
"""The number of the lock in PostgreSQL: "boxima" in ASCII."""

WAIT = 30.0
"""Seconds that a writer waits for another one."""


def open_database(url: str | None, *, folder: Path) -> Engine:
    """The database with its tables, made where they are missing.

    Raises:
        Problem: no such kind of database, it cannot be reached, or a newer studio wrote it.
    """
    where = URL.create("sqlite", database=str(folder / "studio.db")) if url is None else _parsed(url)
    try:
        database = create_engine(where, pool_pre_ping=True, connect_args=_connect_args(where))
        if where.get_backend_name() == "sqlite":
            event.listen(database, "connect", _prepare_sqlite)
        Table.metadata.create_all(database)
        _check_version(database)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise Problem(
            given=f"The database is {where.render_as_string()}, and its driver is not installed ({error})",
            wanted="SQLite or PostgreSQL",
            fix='For PostgreSQL run: pip install "boximator[postgres]"',
        ) from error
    except SQLAlchemyError as error:
        raise Problem(
            given=f"The database {where.render_as_string()} cannot be used: {error.args[0] if error.args else error}",
            wanted="A database that can be reached and written to",
            fix="Check the address and that the server runs, or leave --database out for a file of its own",
        ) from error
    return database


@contextlib.contextmanager
def only_one(database: Engine) -> Generator[None]:
    """Keeps a second studio off the same PostgreSQL database (off a SQLite file its folder's lock does).

    Two would each take the other's running jobs for ones that a dead server left.
    """
    if database.dialect.name != "postgresql":
        yield
        return
    with database.connect() as connection:
        connection.detach()  # closed at the end, and not kept for others: the lock goes with it
        if not connection.scalar(select(func.pg_try_advisory_lock(LOCK))):
            raise Problem(
                given="Another studio uses this database",
                wanted="One studio for each database",
                fix="Stop it, or give this one a database of its own",
            )
        connection.commit()  # the lock is the session's, and needs no open transaction
        yield


def _parsed(url: str) -> URL:
    try:
        where = make_url(url)
    except ArgumentError as error:
        raise Problem(
            given="The address of the database is not one",
            wanted="Something like postgresql://user:password@host/name",
            fix="Leave --database out for a SQLite file in the data folder",
        ) from error
    return (
        where.set(drivername="postgresql+psycopg")
        if where.drivername in {"postgres", "postgresql"}
        else where
    )


def _connect_args(where: URL) -> dict[str, Any]:
    return {"timeout": WAIT} if where.get_backend_name() == "sqlite" else {}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Readers and the writer do not wait for each other (WAL); a crash of the machine loses no whole write."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _check_version(database: Engine) -> None:
    with database.begin() as connection:
        found = connection.scalar(select(VersionRow.version))
        if found is None:
            connection.execute(insert(VersionRow).values(version=VERSION))
        elif found != VERSION:
            raise Problem(
                given=f"The database was written by another boximator (its tables are version {found})",
                wanted=f"This one uses version {VERSION}",
                fix="Use that boximator, or another --data folder or --database",
            )
