"""The ray engine: real actors on a Ray of the test's own. One Ray for all, since it takes seconds to start."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from engine_contract import CONTRACT, Trial

pytest.importorskip("ray", reason='Ray is not installed (pip install "boximator[ray]")')

from boximator.studio.ray_engine import RayEngine


@pytest.fixture(scope="module")
def trial() -> Generator[Trial]:
    with pytest.MonkeyPatch.context() as patch:
        here = str(Path(__file__).parent)
        patch.setenv("PYTHONPATH", os.pathsep.join([here, os.environ.get("PYTHONPATH", "")]))
        engine = RayEngine(job_function="job_functions:load", workers=1, address=None, grace=0.3)
        trial = Trial(engine)
        yield trial
        engine.close()


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_it_keeps_the_contract(trial: Trial, promise: Callable[[Trial], None]) -> None:
    promise(trial)


def test_an_actor_declares_what_it_needs(trial: Trial) -> None:
    import ray

    del trial
    assert ray.cluster_resources()["CPU"] - ray.available_resources()["CPU"] == 1
