"""The local engine: real worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from engine_contract import CONTRACT, Trial
from studio_stand_ins import until

from boximator.studio.engine import Failed, Lost, Stopped
from boximator.studio.local import LocalEngine, local_devices

JOBS = "job_functions:load"


@pytest.fixture(scope="module")
def trial() -> Generator[Trial]:
    engine = LocalEngine(job_function=JOBS, devices=("cpu",), grace=0.3)
    trial = Trial(engine)
    yield trial
    engine.close()


@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_it_keeps_the_contract(trial: Trial, promise: Callable[[Trial], None]) -> None:
    promise(trial)


def test_how_a_worker_died_is_said(trial: Trial) -> None:
    trial.begin("die")
    end, steps = trial.end()
    assert isinstance(end, Lost)
    assert end.how == "The worker process was killed by SIGKILL"
    assert len(steps) == 1


def test_what_cannot_be_loaded_is_the_reason_of_every_job() -> None:
    engine = LocalEngine(job_function="job_functions:unfit", devices=("cpu",))
    trial = Trial(engine)
    trial.begin("run")
    end, _ = trial.end()
    engine.close()
    assert isinstance(end, Failed)
    assert end.reason.given == "There are no weights."


def test_a_worker_that_dies_before_it_is_ready_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOXIMATOR_TEST_FILE", str(tmp_path / "there"))
    engine = LocalEngine(job_function="job_functions:deadly", devices=("cpu",))
    engine.open(lambda event: None)
    until(lambda: engine.workers()[0].starts, lambda starts: starts >= 2)
    assert engine.free() == 0
    (tmp_path / "there").touch()
    until(engine.free, lambda free: free == 1)
    engine.close()


def test_a_task_that_is_stopped_before_its_worker_is_there_never_begins() -> None:
    trial = Trial(LocalEngine(job_function=JOBS, devices=("cpu",)))
    process = trial.engine.workers()[0].process
    assert process is not None
    os.kill(process, signal.SIGKILL)
    until(trial.engine.free, lambda free: free == 0)
    job = trial.begin_unready("run")
    trial.engine.stop(job)
    assert trial.end()[0] == Stopped(job=job, attempt=1)
    trial.engine.close()


def test_a_worker_ends_when_its_studio_is_killed() -> None:
    program = (
        "import sys, time; from boximator.studio.local import LocalEngine\n"
        "if __name__ == '__main__':\n"
        f"    sys.path[:0] = {[str(Path(__file__).parent)]}\n"
        f"    engine = LocalEngine(job_function={JOBS!r}, devices=('cpu',))\n"
        "    engine.open(lambda event: None)\n"
        "    while not engine.free(): time.sleep(0.01)\n"
        "    print(engine.workers()[0].process, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as studio:
        assert studio.stdout is not None
        worker = int(studio.stdout.readline())
        studio.kill()
    until(lambda: Path(f"/proc/{worker}/cmdline").exists(), lambda there: not there)


@pytest.mark.parametrize(
    ("visible", "devices"),
    [("0,1", ("cuda:0", "cuda:1")), ("", ("cpu",)), ("-1", ("cpu",)), ("3", ("cuda:3",))],
)
def test_there_is_one_worker_for_each_card_that_may_be_seen(
    monkeypatch: pytest.MonkeyPatch, visible: str, devices: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert local_devices() == devices
