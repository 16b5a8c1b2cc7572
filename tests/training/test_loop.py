from __future__ import annotations

import math
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_runs
import torch
from tiny_runs import STEPS, Happenings, trained

from boximator.pocket.base import PocketBase
from boximator.training.checkpoint import checkpoints
from boximator.training.curve import read_curve
from boximator.training.loop import step_generator
from boximator.training.weights import newest

SECONDS = ("waiting", "clips_per_second")


def curve(folder: Path) -> list[dict[str, float]]:
    """Every number that does not measure time."""
    rows = read_curve(folder / "curve.jsonl")
    return [{name: value for name, value in row.items() if name not in SECONDS} for row in rows]


def files(folder: Path) -> dict[str, bytes]:
    return {
        name: (newest(folder) / name).read_bytes()
        for name in ("weights.safetensors", "average.safetensors", "run.json")
    }


def same_weights(first: PocketBase, second: PocketBase) -> bool:
    return all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PocketBase]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny_runs.stream, "TextEncoder", tiny_runs.NoWords)
        reached, base = trained(folder)
    assert reached == STEPS
    return folder, base


def test_a_run_takes_every_step_once_and_learns(undisturbed: tuple[Path, PocketBase]) -> None:
    folder, base = undisturbed
    losses = [row for row in curve(folder) if "loss" in row]
    assert [row["step"] for row in losses] == list(range(STEPS))
    assert all(row["skipped"] == 0 and row["gradient"] > 0 for row in losses)
    assert not same_weights(base, tiny_runs.tiny_base())
    assert [path.name for path in checkpoints(folder)] == ["step-0000004", "step-0000006"]


def test_it_is_watched_and_previewed_with_the_averaged_weights(tmp_path: Path) -> None:
    happenings = Happenings()
    _, base = trained(tmp_path, happenings)
    assert happenings.previews == [3, 6]
    watched = [row for row in curve(tmp_path) if "size" in row]
    assert [(row["step"], row["clips"]) for row in watched] == [(2, 2), (5, 2)]
    from safetensors.torch import load_file

    average = load_file(newest(tmp_path) / "average.safetensors")
    norm = torch.cat([average[name].flatten() for name, _ in base.named_parameters()]).norm()
    assert watched[-1]["size"] == pytest.approx(norm.item(), abs=1e-5)
    assert watched[-1]["size"] != pytest.approx(
        torch.cat([p.flatten() for p in base.parameters()]).norm().item(), abs=1e-5
    )


def test_at_milestones_it_is_looked_at_too(tmp_path: Path) -> None:
    happenings = Happenings(milestones=(1, 4, 6))
    trained(tmp_path, happenings)
    assert happenings.previews == [1, 3, 4, 6]
    assert [row["step"] for row in curve(tmp_path) if "size" in row] == [0, 2, 3, 5]


def goes_on(folder: Path, *, after: int, undisturbed: tuple[Path, PocketBase]) -> None:
    """A run that broke off in this step ends, started again, as the undisturbed one did."""
    assert len(checkpoints(folder)) == min(2, after // 2)
    happenings = Happenings()
    reached, base = trained(folder, happenings)
    assert reached == STEPS
    assert happenings.steps == list(range(after // 2 * 2, STEPS))
    assert curve(folder) == curve(undisturbed[0])
    assert same_weights(base, undisturbed[1])
    assert files(folder) == files(undisturbed[0])


def test_killed_and_started_again_it_goes_on_as_if_nothing_had_happened(
    undisturbed: tuple[Path, PocketBase], tmp_path: Path
) -> None:
    command = [sys.executable, tiny_runs.__file__, str(tmp_path), "--die-at", "3"]
    killed = subprocess.run(command, capture_output=True, check=False, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    goes_on(tmp_path, after=3, undisturbed=undisturbed)


@pytest.mark.parametrize("step", [0, 1, 4, 5])
def test_so_it_does_after_an_error_at_any_step(
    step: int, undisturbed: tuple[Path, PocketBase], tmp_path: Path
) -> None:
    with pytest.raises(MemoryError):
        trained(tmp_path, Happenings(fail_at=step))
    goes_on(tmp_path, after=step, undisturbed=undisturbed)


def test_ctrl_c_saves_what_was_reached_and_gives_the_signal_back(
    undisturbed: tuple[Path, PocketBase], tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGINT)
    happenings = Happenings(interrupt_at=2)
    reached, _ = trained(tmp_path, happenings)
    assert reached == 3, "the step that was running is finished"
    assert newest(tmp_path).name == "step-0000003"
    assert happenings.previews == [], "nobody waits for pictures"
    assert signal.getsignal(signal.SIGINT) is before
    assert trained(tmp_path)[0] == STEPS
    assert curve(tmp_path) == curve(undisturbed[0])
    assert files(tmp_path) == files(undisturbed[0])


def test_ctrl_c_while_a_preview_is_made_loses_nothing(
    undisturbed: tuple[Path, PocketBase], tmp_path: Path
) -> None:
    reached, _ = trained(tmp_path, Happenings(interrupt_in_preview=True))
    assert reached == 3
    assert newest(tmp_path).name == "step-0000003"
    assert trained(tmp_path)[0] == STEPS
    assert files(tmp_path) == files(undisturbed[0])


def test_a_finished_run_is_left_alone(undisturbed: tuple[Path, PocketBase]) -> None:
    folder, _ = undisturbed
    before, rows, happenings = files(folder), curve(folder), Happenings()
    assert trained(folder, happenings)[0] == STEPS
    assert (happenings.steps, happenings.previews) == ([], [])
    assert files(folder) == before
    assert curve(folder) == rows


def test_a_step_that_is_not_finite_changes_nothing_and_is_counted(tmp_path: Path) -> None:
    """The weights after the broken step are those before it."""
    before, after = Happenings(interrupt_at=1), Happenings(break_at=2, interrupt_at=2)
    _, base = trained(tmp_path / "before", before)
    reached, broken = trained(tmp_path / "broken", after)
    assert reached == 3
    assert same_weights(base, broken)
    rows = [row for row in curve(tmp_path / "broken") if "loss" in row]
    assert [row["skipped"] for row in rows] == [0, 0, 1]
    assert math.isnan(rows[2]["loss"])
    states = [
        torch.load(newest(tmp_path / name) / "optimiser.pt", weights_only=True)
        for name in ("before", "broken")
    ]
    assert str(states[0]) == str(states[1])


def test_what_was_skipped_before_a_stop_is_still_counted_after_it(tmp_path: Path) -> None:
    trained(tmp_path, Happenings(break_at=1, interrupt_at=2))
    trained(tmp_path)
    assert [row["skipped"] for row in curve(tmp_path) if "loss" in row] == [0, 1, 1, 1, 1, 1]


def test_a_steps_randomness_is_its_own() -> None:
    def draw(seed: int, step: int) -> float:
        return torch.rand(1, generator=step_generator(seed, step=step)).item()

    assert draw(3, 7) == draw(3, 7)
    assert len({draw(seed, step) for seed in range(5) for step in range(20)}) == 100
