"""The tables: jobs and pictures. Plain columns only, so that SQLite and PostgreSQL hold the same."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Serial = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up only in a column it calls INTEGER."""


class Table(DeclarativeBase):
    """What all tables share."""


class JobRow(Table):
    """A job. Times are seconds since 1970, UTC."""

    __tablename__ = "jobs"
    __table_args__ = (Index("queue", "state", "priority", "number"),)

    number: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(Text, unique=True)
    key: Mapped[str | None] = mapped_column(Text, unique=True)
    digest: Mapped[str] = mapped_column(Text)
    """Of what was asked: the same key with another one is a mistake."""
    state: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int]
    base: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    picture: Mapped[str] = mapped_column(Text)
    last_picture: Mapped[str | None] = mapped_column(Text)
    scene: Mapped[str] = mapped_column(Text)
    settings: Mapped[str] = mapped_column(Text)
    retry_of: Mapped[str | None] = mapped_column(Text)
    created: Mapped[float]
    started: Mapped[float | None]
    ended: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(default=0)
    step: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    previewed: Mapped[int] = mapped_column(default=0)
    """The step of the latest preview; 0 before the first."""
    reason: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)


class PictureRow(Table):
    """An uploaded picture; its files lie in the data folder."""

    __tablename__ = "pictures"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    width: Mapped[int]
    height: Mapped[int]
    notes: Mapped[str] = mapped_column(Text)
    created: Mapped[float]


class VersionRow(Table):
    """The version of these tables."""

    __tablename__ = "boximator_studio"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
