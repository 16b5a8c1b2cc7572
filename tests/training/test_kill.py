"""`kill -9` from outside, wherever the run happens to be, and the same command again."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_runs
from board_events import shown
from tiny_runs import STEPS, trained

from boximator.training.curve import read_curve
from boximator.training.weights import newest

SECONDS = ("waiting", "clips_per_second")
"""What a curve holds that no two runs share."""


def command(folder: Path) -> list[str]:
    return [sys.executable, tiny_runs.__file__, str(folder), "--workers", "1"]


def curve(folder: Path) -> list[dict[str, float]]:
    rows = read_curve(folder / "curve.jsonl")
    return [{name: value for name, value in row.items() if name not in SECONDS} for row in rows]


def losses(folder: Path) -> list[int]:
    return [int(row["step"]) for row in curve(folder) if "loss" in row]


def kill(folder: Path, *, at: int) -> list[int]:
    """Start the run and kill it once its curve has come to a step; the steps in the curve after that."""
    with (folder.parent / "killed.txt").open("w") as said:
        run = subprocess.Popen(command(folder), stdout=said, stderr=said)
    try:
        while run.poll() is None and at not in losses(folder):
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(timeout=0.01)
    finally:
        run.kill()
        code = run.wait()
    assert code == -signal.SIGKILL, (folder.parent / "killed.txt").read_text(encoding="utf-8")
    return losses(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was never killed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny_runs.stream, "TextEncoder", tiny_runs.NoWords)
        assert trained(folder)[0] == STEPS
    return folder


def test_a_killed_run_started_again_ends_as_if_it_had_not_been(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    reached = kill(folder, at=2)
    assert reached == list(range(len(reached)))
    assert len(reached) < STEPS, "it was killed too late to say anything"
    subprocess.run(command(folder), check=True, capture_output=True)
    for name in ("weights.safetensors", "average.safetensors", "run.json"):
        assert (newest(folder) / name).read_bytes() == (newest(whole) / name).read_bytes(), name
    assert curve(folder) == curve(whole)
    assert losses(folder) == list(range(STEPS))


def test_a_run_killed_before_its_first_checkpoint_begins_again(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    kill(folder, at=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny_runs.stream, "TextEncoder", tiny_runs.NoWords)
        trained(folder)
    assert curve(folder) == curve(whole)
    assert [point.step for point in shown(folder).Scalars("loss")] == list(range(STEPS))
