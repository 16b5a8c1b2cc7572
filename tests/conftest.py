"""Settings for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, max_examples=50)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
"""`steady` tries the same inputs in every run, since tests may not need luck. To look for new faults:
HYPOTHESIS_PROFILE=search python -m pytest tests/scene"""


@pytest.fixture(autouse=True, scope="session")
def signing_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files are signed with a chain of certificates that is made for the run of the tests."""
    before = os.environ.get("BOXIMATOR_CONFIG")
    os.environ["BOXIMATOR_CONFIG"] = str(tmp_path_factory.mktemp("config"))
    yield
    if before is None:
        del os.environ["BOXIMATOR_CONFIG"]
    else:
        os.environ["BOXIMATOR_CONFIG"] = before


@pytest.fixture(autouse=True, scope="module")
def as_many_threads_as_before() -> Iterator[None]:
    """A training sets torch's threads for the whole process; sums of the tests after it would be rounded otherwise."""
    torch = sys.modules.get("torch")  # not imported for the tests that do without
    before = torch.get_num_threads() if torch else None
    yield
    if torch and before is not None:
        torch.set_num_threads(before)
