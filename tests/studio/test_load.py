"""A small run of scripts/load_studio.py: every job ends exactly once, though workers and the server are killed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/load_studio.py"


@pytest.fixture(scope="module")
def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("load_studio", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_all_jobs_end_exactly_once(load: ModuleType, database_url: str | None) -> None:
    plan = load.Plan(
        jobs=30, clients=6, kills=2, restarts=1, workers=2, engine="local", database=database_url, seed=0
    )
    report = load.run(plan)
    print(report.text())  # noqa: T201 - its numbers are to be seen
    assert report.wrong == []
    assert sum(report.states.values()) == 30
    assert report.states["done"] >= 20
    assert report.kills >= 1
