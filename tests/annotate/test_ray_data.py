"""Ray Data's actors: the same shards as without, and nothing lost or twice, whoever is killed. One Ray for all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from films import film, moving
from killing import FILMS, complete, films, fresh, living, parent_of, poisoned, stood, tries_in, until
from orders import SETTINGS, ran
from typer.testing import CliRunner

pytest.importorskip("ray.data", reason='Ray is not installed (pip install "boximator[ray]")')

from boximator.annotate.captions import Captions
from boximator.annotate.executors.local import Local
from boximator.annotate.executors.ray_data import LOSSES, Attendant, RayData, connected
from boximator.annotate.work import Failed, Job, Work
from boximator.cli.app import app
from boximator.data.dataset.licences import Permission
from boximator.scene.problem import Problem

SLOW = replace(SETTINGS, detector="python:poison:slow")


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("slow") / "marks"


@pytest.fixture(scope="module")
def ray(marks: Path) -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        here = str(Path(__file__).parent)
        patch.setenv("PYTHONPATH", os.pathsep.join([here, os.environ.get("PYTHONPATH", "")]))
        patch.setenv("BOXIMATOR_TEST_MARKS", str(marks))
        with connected(None, workers=2):
            yield


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    return films(tmp_path / "in")


def made_here(videos: Path, folder: Path) -> dict[str, bytes]:
    """What one process leaves that nobody kills."""
    ran(videos, folder / "here", per_shard=3)
    return left(folder / "here")


def left(output: Path) -> dict[str, bytes]:
    """Shards and index, byte for byte."""
    return {path.name: path.read_bytes() for path in output.iterdir() if path.suffix in {".tar", ".parquet"}}


@pytest.mark.usefixtures("ray")
def test_shards_and_index_are_the_same_as_of_one_process(videos: Path, tmp_path: Path) -> None:
    expected = made_here(videos, tmp_path)
    assert len(expected) == 4
    for name, executor in (("ray", RayData(workers=2)), ("local", Local(workers=2))):
        ran(videos, tmp_path / name, per_shard=3, executor=executor)
        assert left(tmp_path / name) == expected


@pytest.mark.usefixtures("ray")
def test_a_video_that_kills_its_process_is_tried_so_often_and_no_other_suffers(
    videos: Path, tmp_path: Path
) -> None:
    poisoned(videos)
    (videos / "empty.mp4").touch()
    settings = replace(SETTINGS, detector="python:poison:deadly")
    made = ran(videos, tmp_path / "out", settings=settings, executor=RayData(workers=2), tries=2)
    told = [(Path(bad.path).name, bad.state, bad.tries) for bad in made.unused]
    assert told == [("3 poison.mp4", "quarantined", 2), ("empty.mp4", "quarantined", 2)]
    assert "died (signal 9)" in made.unused[0].reason
    assert "is empty (0 bytes)" in made.unused[1].reason
    complete(tmp_path / "out", videos=FILMS)


@pytest.mark.usefixtures("ray")
def test_a_video_that_never_ends_is_given_up(tmp_path: Path, marks: Path) -> None:
    fresh(marks, standing=True)
    film(tmp_path / "in/a.mp4", moving(8))
    executor = RayData(workers=1, patience=0.1)
    made = ran(tmp_path / "in", tmp_path / "out", settings=SLOW, executor=executor, tries=1)
    assert [bad.state for bad in made.unused] == ["quarantined"]
    assert "without an end" in made.unused[0].reason


@pytest.mark.usefixtures("ray")
def test_who_is_killed_from_outside_loses_and_doubles_nothing(
    videos: Path, tmp_path: Path, marks: Path
) -> None:
    fresh(marks)

    def killing() -> None:
        until(lambda: len(list(marks.iterdir())) > 4)  # then both processes stand still
        process, other = {int(path.name.split("-")[1]) for path in marks.iterdir()}
        os.kill(process, signal.SIGKILL)
        os.kill(parent_of(other), signal.SIGKILL)
        (marks.parent / "go").touch()

    threading.Thread(target=killing, daemon=True).start()
    made = ran(videos, tmp_path / "out", settings=SLOW, executor=RayData(workers=2), per_shard=3)
    assert made.unused == ()
    complete(tmp_path / "out", videos=FILMS)
    assert left(tmp_path / "out") == made_here(videos, tmp_path)
    assert tries_in(tmp_path / "out") == [("done", 0)] * (FILMS - 1) + [("done", 1)]
    assert not list((tmp_path / "out/parts").iterdir())


@pytest.mark.usefixtures("ray")
def test_a_driver_that_is_stopped_or_killed_leaves_no_process_and_the_next_goes_on(
    videos: Path, tmp_path: Path, marks: Path
) -> None:
    words = [
        *(sys.executable, "-m", "boximator", "annotate", str(videos), "-o", str(tmp_path / "out")),
        *("--source", "made here", "--licence", "CC0-1.0", "--detector", "python:poison:slow"),
        *(
            "--frames",
            "8",
            "--fps",
            "8",
            "--side",
            "48",
            "--heldout",
            "0",
            "--executor",
            "ray",
            "--workers",
            "2",
        ),
    ]
    for how, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        fresh(marks)
        told = os.environ | {"WHOSE": f"{tmp_path}-{how}"}
        driver = subprocess.Popen(words, env=told, start_new_session=True, stderr=subprocess.PIPE)
        stood(marks, running=lambda driver=driver: driver.poll() is None)
        (os.killpg if how == signal.SIGINT else os.kill)(driver.pid, how)
        _, said = driver.communicate()
        assert driver.returncode == code, said
        assert b"Traceback" not in said
        until(lambda told=told: not living(told["WHOSE"]))
    (marks.parent / "go").touch()
    ran(videos, tmp_path / "out", settings=SLOW, executor=RayData(workers=2), per_shard=3)
    complete(tmp_path / "out", videos=FILMS)
    assert left(tmp_path / "out") == made_here(videos, tmp_path)
    assert not list((tmp_path / "out/parts").iterdir())


@pytest.mark.usefixtures("ray")
def test_what_ends_a_run_is_told_in_words(videos: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, detector="python:nowhere:at_all")
    with pytest.raises(Problem, match="cannot be imported"):
        ran(videos, tmp_path / "out", settings=settings, executor=RayData(workers=1))
    with pytest.raises(Problem, match="No machine of the cluster has room for a worker"):
        ran(videos, tmp_path / "big", executor=RayData(gpus=64))


@pytest.mark.usefixtures("ray")
def test_workers_declare_what_they_need_and_give_it_back(videos: Path, tmp_path: Path) -> None:
    import ray

    every = ray.cluster_resources()["CPU"]
    assert RayData().room() == every
    assert RayData(cpus=0.25).room() == 4 * every
    jobs = (Job(id=n, path=str(videos / f"{n}.mp4"), permission=Permission()) for n in range(FILMS))
    work = Work(settings=SETTINGS, captions=Captions(beside=False), folder=tmp_path)
    outcomes = RayData(workers=1, cpus=0.25).run(jobs, work=work)
    next(outcomes)
    until(lambda: ray.available_resources()["CPU"] == every - 0.25)
    outcomes.close()
    until(lambda: ray.available_resources()["CPU"] == every)


def attendant(folder: Path) -> tuple[Attendant, Job]:
    work = Work(settings=SETTINGS, captions=Captions(beside=False), folder=folder)
    return Attendant(work, 60.0), Job(id=7, path="nowhere.mp4", permission=Permission())


def test_a_video_over_which_actors_are_lost_again_and_again_counts_as_tried(tmp_path: Path) -> None:
    one, job = attendant(tmp_path)
    (tmp_path / "begun-7").write_bytes(b"." * LOSSES)
    assert one.told(job) == Failed(f"{LOSSES} Ray actors were lost while they worked on it.")
    assert not list(tmp_path.iterdir()), "then it is tried anew"


def test_a_machine_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    one, job = attendant(tmp_path / "elsewhere")
    assert f"does not see {tmp_path / 'elsewhere'}" in str(one.told(job))


@pytest.mark.parametrize("head", ["", "ray://"])
def test_an_address_where_nothing_answers_is_told_at_once(head: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound, but nobody listens
        address = f"{head}127.0.0.1:{free.getsockname()[1]}"
        said = refused("--executor", "ray", "--ray-address", address, folder=tmp_path)
    assert f"There is no Ray at {address}" in said


def test_without_ray_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray.data", None)
    assert 'pip install "boximator[annotate,ray]"' in refused("--executor", "ray", folder=tmp_path)


def test_an_address_without_ray_is_refused(tmp_path: Path) -> None:
    assert "An address is of --executor ray" in refused("--ray-address", "a:1", folder=tmp_path)


def refused(*words: str, folder: Path) -> str:
    given: list[Any] = ["annotate", folder, "-o", folder / "out", "--exempt", "me"]
    further = ["--detector", SETTINGS.detector, *words]
    said = CliRunner().invoke(app, [*map(str, given), *further])
    assert said.exit_code == 2, said.output
    assert not (folder / "out").exists()
    return " ".join(said.output.split())
