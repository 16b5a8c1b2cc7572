from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from boximator.cli.start import INTERRUPTED, STOPPED

START = "from boximator.cli.start import main; main()"


def begun(*given: str, python: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    command = [sys.executable, *python, "-c", START, *given]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def read_by(run: subprocess.Popen[str], pipe: Path) -> int:
    """A descriptor to write to a pipe with, once the program has begun to read from it."""
    while run.poll() is None:
        with contextlib.suppress(OSError):  # nobody reads yet
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(timeout=0.02)
    raise AssertionError(run.communicate()[1])


def test_ctrl_c_while_a_scene_is_read_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    scene, film = tmp_path / "scene.json", tmp_path / "out" / "film.mp4"
    os.mkfifo(scene)
    run = begun("animate", str(scene), "-o", str(film), "--preview", "--gif")
    pipe = read_by(run, scene)
    run.send_signal(signal.SIGINT)
    told, said = run.communicate()
    os.close(pipe)
    assert (run.returncode, told, said) == (INTERRUPTED, "", f"{STOPPED}\n")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_ctrl_c_while_it_starts_is_one_sentence(tmp_path: Path) -> None:
    run = begun("animate", "scene.json", "-o", str(tmp_path / "film.mp4"), python=("-X", "importtime"))
    assert run.stderr is not None
    said: list[str] = []
    for line in run.stderr:
        if not line.startswith("import time:"):
            said.append(line)
        if re.search(r"\| +pydantic_core\n", line):
            run.send_signal(signal.SIGINT)
    assert (run.wait(), said) == (INTERRUPTED, [f"{STOPPED}\n"])
    assert run.stdout is not None
    run.stdout.close()
    run.stderr.close()
    assert list(tmp_path.iterdir()) == []


def test_it_is_one_sentence() -> None:
    assert STOPPED.count(".") == 1
    assert STOPPED.endswith(".")
