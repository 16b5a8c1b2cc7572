"""The studio as a process: its address, its end, and what it takes up again after it was killed."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from studio_stand_ins import call, request, until, upload

COMMAND = [sys.executable, "-m", "boximator.cli.app", "studio", "--no-browser", "--job", "job_functions:told"]


@contextlib.contextmanager
def started(folder: Path, *options: str) -> Generator[tuple[int, subprocess.Popen[str]]]:
    """A studio's port and process; killed at the end if it still runs."""
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": here, "BOXIMATOR_TEST_FILE": str(folder / "go on")}
    command = [*COMMAND, "--port", "0", "--data", str(folder / "data"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.fullmatch(r"The studio is at http://127\.0\.0\.1:(\d+)/\n", said)
            assert found is not None, said
            yield int(found[1]), process
        finally:
            process.kill()


def state(port: int, job: str) -> str:
    return call(port, "GET", f"/api/v1/jobs/{job}")["state"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_ran_and_what_waited_is_done_by_the_next_studio(tmp_path: Path, how: signal.Signals) -> None:
    with started(tmp_path) as (port, process):
        picture = upload(port)
        jobs = [call(port, "POST", "/api/v1/jobs", request(picture))["id"] for _ in range(2)]
        until(lambda: state(port, jobs[0]), lambda now: now == "running")
        process.send_signal(how)
        assert process.wait() == (143 if how == signal.SIGTERM else -signal.SIGKILL)
    (tmp_path / "go on").touch()
    with started(tmp_path) as (port, _):
        for job in jobs:
            until(lambda job=job: state(port, job), lambda now: now == "done")
        first, second = (call(port, "GET", f"/api/v1/jobs/{job}") for job in jobs)
        assert first["attempts"] == (1 if how == signal.SIGTERM else 2)
        assert second["attempts"] == 1
        assert call(port, "GET", f"/api/v1/pictures/{picture}")["width"] == 64


def test_a_second_studio_in_the_folder_or_at_the_port_is_declined_in_words(tmp_path: Path) -> None:
    with started(tmp_path) as (port, _):
        for options, words in (
            (["--port", "0", "--data", str(tmp_path / "data")], "Another studio uses"),
            (["--port", str(port), "--data", str(tmp_path / "other")], "Nothing can listen at 127.0.0.1"),
        ):
            done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
            assert done.returncode == 2
            assert words in done.stderr
            assert "Traceback" not in done.stderr


def test_it_listens_to_this_machine_only_unless_told(tmp_path: Path) -> None:
    with started(tmp_path) as (port, process):
        with contextlib.closing(socket.socket()) as other:
            other.settimeout(5)
            assert other.connect_ex(("127.0.0.2", port)) != 0
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
