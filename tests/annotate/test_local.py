"""Processes die, the driver dies: nothing is lost and nothing is there twice."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from films import COLOURS, film, moving
from orders import SETTINGS, ran, rows_in

from boximator.annotate.executors.local import Local

FILMS = 4


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    for seed in range(FILMS):
        film(tmp_path / f"in/{seed}.mp4", moving(16, seed=seed))
    return tmp_path / "in"


def poisoned(videos: Path) -> Path:
    frames = moving(16, seed=9)
    frames[:, 36:46, 4:14] = COLOURS["car"]
    return film(videos / "3 poison.mp4", frames)


def complete(output: Path, *, videos: int) -> None:
    """Every video's two clips are there once, in the index and in the shards."""
    import tarfile

    rows = rows_in(output)
    assert len(rows) == len({row.clip for row in rows}) == 2 * videos
    names: list[str] = []
    for path in output.glob("shard*.tar"):
        with tarfile.open(path) as tar:
            names += [Path(name).stem for name in tar.getnames() if name.endswith(".mp4")]
    assert sorted(names) == sorted(row.clip for row in rows)


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
    marks.mkdir()
    for number in range(4):
        (marks / f"before {number}").touch()
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
    (tmp_path / "marks").mkdir()
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    words = [sys.executable, str(tmp_path / "driver.py"), str(tmp_path / "in"), str(tmp_path / "out")]
    here = str(Path(__file__).parent)
    return words, os.environ | {"BOXIMATOR_TEST_MARKS": str(tmp_path / "marks"), "PYTHONPATH": here}


def stood(marks: Path, *, driver: subprocess.Popen[bytes]) -> int:
    """Waits until processes stand still; gives the number of one of them."""
    while len(names := sorted(path.name for path in marks.iterdir())) < 4:
        assert driver.poll() is None
        os.sched_yield()
    return int(names[-1].split("-")[1])


def test_a_driver_that_is_killed_loses_and_doubles_nothing(videos: Path, tmp_path: Path) -> None:
    words, told = standing(tmp_path)
    driver = subprocess.Popen(words, env=told)
    stood(tmp_path / "marks", driver=driver)
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
    os.kill(stood(tmp_path / "marks", driver=driver), signal.SIGKILL)
    (tmp_path / "go").touch()
    assert driver.wait() == 0
    complete(tmp_path / "out", videos=FILMS)
    with contextlib.closing(sqlite3.connect(tmp_path / "out/ledger.sqlite")) as ledger:
        tries = ledger.execute("select state, tries from video order by tries").fetchall()
    assert tries == [("done", 0)] * (FILMS - 1) + [("done", 1)]


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
