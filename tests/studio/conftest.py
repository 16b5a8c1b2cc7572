"""Fixtures of the studio's tests."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from studio_stand_ins import Client, client, config_in


@pytest.fixture
def studio(tmp_path: Path) -> Generator[Client]:
    """A studio on an engine moved by hand."""
    with client(config_in(tmp_path)) as it:
        yield it
