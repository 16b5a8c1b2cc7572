"""The ray engine: real actors on a Ray of the test's own. One Ray for all, since it takes seconds to start."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
from collections.abc import Callable, Generator

import pytest
from engine_contract import CONTRACT, Trial

pytest.importorskip("ray", reason='Ray is not installed (pip install "boximator[ray]")')

from boximator.scene.problem import Problem
from boximator.studio.engine import Finished, Lost, Stepped
from boximator.studio.ray_engine import RayEngine


@pytest.fixture(scope="module")
def trial() -> Generator[Trial]:
    with pytest.MonkeyPatch.context() as patch:
        here = str(pathlib.Path(__file__).parent)
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


def test_a_ray_of_our_own_that_dies_is_started_anew(trial: Trial) -> None:
    """Without that, every job would wait for ever."""
    import ray

    job = trial.begin("go on")
    assert isinstance(trial.next(), Stepped)
    (before,) = (node["NodeID"] for node in ray.nodes())
    for child in children(os.getpid()):
        if pathlib.Path(f"/proc/{child}/comm").read_text(encoding="utf-8").startswith("raylet"):
            os.kill(child, signal.SIGKILL)
    end, _ = trial.end()
    assert end == Lost(job=job, attempt=1, how="The Ray actor that ran it was lost")
    trial.begin("run")
    assert isinstance(trial.end()[0], Finished)
    assert before not in [node["NodeID"] for node in ray.nodes()]


def children(process: int) -> list[int]:
    threads = pathlib.Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text(encoding="utf-8").split()]


@pytest.mark.parametrize("head", ["", "ray://"])
def test_an_address_where_nothing_answers_is_told_at_once(head: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound, but nobody listens
        address = f"{head}127.0.0.1:{free.getsockname()[1]}"
        engine = RayEngine(job_function="job_functions:load", workers=1, address=address)
        with pytest.raises(Problem, match=f"There is no Ray at {address}"):
            engine.open(lambda event: None)
