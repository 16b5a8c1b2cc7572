"""The database behind a studio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text, update
from studio_stand_ins import client, config_in

from boximator.scene.problem import Problem
from boximator.studio.database import only_one, open_database
from boximator.studio.tables import VersionRow


def test_what_was_written_is_there_after_it_was_opened_again(
    tmp_path: Path, database_url: str | None
) -> None:
    config = config_in(tmp_path, database=database_url)
    with client(config) as studio:
        job = studio.submit(prompt="a dog — 狗 \U0001f415")
        studio.engine.running(job["id"])
        studio.engine.finish()
        done = studio.until(job["id"], "done")
    with client(config) as studio:
        assert studio.job(job["id"]) == done
        assert studio.submit(picture=job["picture"])["state"] == "queued"


def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    with open_database(None, folder=tmp_path).connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"


def test_a_database_of_another_version_is_left_alone(tmp_path: Path, database_url: str | None) -> None:
    database = open_database(database_url, folder=tmp_path)
    with database.begin() as connection:
        connection.execute(update(VersionRow).values(version=99))
    database.dispose()
    with pytest.raises(Problem, match="its tables are version 99"):
        open_database(database_url, folder=tmp_path)


def test_one_postgres_database_serves_one_studio(tmp_path: Path, postgres: Callable[[], str]) -> None:
    url = postgres()
    first, second = (open_database(url, folder=tmp_path) for _ in range(2))
    with only_one(first), pytest.raises(Problem, match="Another studio uses this database"), only_one(second):
        pass
    with only_one(second):
        pass
    first.dispose()
    second.dispose()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is not one"),
        ("magic://localhost/name", "driver is not installed"),
        ("postgresql://user:secret@127.0.0.1:1/name", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_is_refused_in_words(tmp_path: Path, url: str, words: str) -> None:
    with pytest.raises(Problem, match=words) as refused:
        open_database(url, folder=tmp_path)
    assert "secret" not in str(refused.value)
