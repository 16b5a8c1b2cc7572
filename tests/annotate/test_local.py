"""Processes die, the driver dies: nothing is lost and nothing is there twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from films import film, moving
from killing import FILMS, complete, films, fresh, poisoned, stood, tries_in
from orders import SETTINGS, ran

from boximator.annotate.executors.local import Local


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    return films(tmp_path / "in")


def test_a_video_that_kills_its_process_is_tried_so_often_and_no_other_suffers(
    videos: Path, tmp_path: Path
) -> None:
    poisoned(videos)
    settings = replace(SETTINGS, detector="python:poison:deadly")
    made = ran(videos, tmp_path / "out", settings=settings, executor=Local(workers=2), tries=2)
    assert made.videos == FILMS
    [bad] = made.unused
    assert (Path(bad.path).name, bad.state, bad.tries) == ("3 poison.mp4", "quarantined", 2)
    assert "died (signal 9)" in bad.reason
    complete(tmp_path / "out", videos=FILMS)


def test_a_video_that_never_ends_is_given_up(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = tmp_path / "marks"
    fresh(marks, standing=True)
    monkeypatch.setenv("BOXIMATOR_TEST_MARKS", str(marks))
    settings = replace(SETTINGS, detector="python:poison:slow")
    one = film(tmp_path / "one/a.mp4", moving(8))
    made = ran(
        one.parent, tmp_path / "out", settings=settings, executor=Local(workers=1, patience=0.1), tries=1
    )
    assert [bad.state for bad in made.unused] == ["quarantined"]
    assert "without an end" in made.unused[0].reason


DRIVER = """
import sys
from dataclasses import replace
from pathlib import Path
from orders import SETTINGS, ran
from boximator.annotate.executors.local import Local
if __name__ == "__main__":
    settings = replace(SETTINGS, detector="python:poison:slow")
    ran(Path(sys.argv[1]), Path(sys.argv[2]), settings=settings, executor=Local(workers=2), per_shard=2)
"""


def standing(tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    """The command of a driver whose processes stand still in the midst of a clip until there is a file `go`."""
    fresh(tmp_path / "marks")
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    words = [sys.executable, str(tmp_path / "driver.py"), str(tmp_path / "in"), str(tmp_path / "out")]
    here = str(Path(__file__).parent)
    return words, os.environ | {"BOXIMATOR_TEST_MARKS": str(tmp_path / "marks"), "PYTHONPATH": here}


def test_a_driver_that_is_killed_loses_and_doubles_nothing(videos: Path, tmp_path: Path) -> None:
    words, told = standing(tmp_path)
    driver = subprocess.Popen(words, env=told)
    stood(tmp_path / "marks", running=lambda: driver.poll() is None)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    assert not (tmp_path / "out/index.parquet").exists()
    (tmp_path / "go").touch()
    again = subprocess.run(words, env=told, check=False)
    assert again.returncode == 0
    complete(tmp_path / "out", videos=FILMS)
    assert not list((tmp_path / "out/parts").iterdir())
    assert not list((tmp_path / "out").glob(".*"))


def test_a_healthy_process_that_is_killed_from_outside_costs_one_try_and_no_video(
    videos: Path, tmp_path: Path
) -> None:
    words, told = standing(tmp_path)
    driver = subprocess.Popen(words, env=told)
    os.kill(stood(tmp_path / "marks", running=lambda: driver.poll() is None), signal.SIGKILL)
    (tmp_path / "go").touch()
    assert driver.wait() == 0
    complete(tmp_path / "out", videos=FILMS)
    assert tries_in(tmp_path / "out") == [("done", 0)] * (FILMS - 1) + [("done", 1)]


def test_a_worker_that_cannot_load_its_detector_ends_the_run_in_words(videos: Path, tmp_path: Path) -> None:
    from boximator.scene.problem import Problem

    settings = replace(SETTINGS, detector="python:nowhere:at_all")
    with pytest.raises(Problem, match="cannot be imported"):
        ran(videos, tmp_path / "out", settings=settings, executor=Local(workers=1))


def test_two_runs_at_once_are_refused(videos: Path, tmp_path: Path) -> None:
    from boximator.annotate.ledger import VideoLedger
    from boximator.scene.problem import Problem

    (tmp_path / "out").mkdir()
    with (
        VideoLedger(tmp_path / "out/ledger.sqlite", settings=SETTINGS.told()),
        pytest.raises(Problem, match="Another boximator annotate is writing"),
    ):
        ran(videos, tmp_path / "out")
