from __future__ import annotations

import pytest
from pocket_stand_ins import Words, tiny_pocket

from boximator.pocket.base import PocketBase


@pytest.fixture
def words() -> Words:
    return Words()


@pytest.fixture
def tiny_base() -> PocketBase:
    return tiny_pocket()
