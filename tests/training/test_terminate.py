"""A scheduler ends a whole group of processes: the trainer saves, and says nothing of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_runs

from boximator.training.checkpoint import checkpoints
from boximator.training.curve import read_curve


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group_ends_a_run_after_a_checkpoint(
    tmp_path: Path, kind: signal.Signals
) -> None:
    folder, said = tmp_path / "run", tmp_path / "said.txt"
    command = [sys.executable, tiny_runs.__file__, str(folder), "--workers", "1"]
    with said.open("w") as out:
        run = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        while run.poll() is None and not any("loss" in row for row in read_curve(folder / "curve.jsonl")):
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(timeout=0.01)
        os.killpg(run.pid, kind)
        assert run.wait(timeout=60) == 0, said.read_text(encoding="utf-8")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    assert "Traceback" not in said.read_text(encoding="utf-8")
    assert checkpoints(folder), "the step it had reached is kept"
