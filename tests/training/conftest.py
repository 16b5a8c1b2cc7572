from __future__ import annotations

import pytest
from tiny_runs import NoWords

from boximator.data import stream


@pytest.fixture(autouse=True)
def no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here needs MiniLM."""
    monkeypatch.setattr(stream, "TextEncoder", NoWords)
