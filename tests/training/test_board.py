from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tiny_runs import Happenings, trained

from boximator.training.board import Board
from boximator.training.curve import read_curve


def read(folder: Path) -> Any:
    """What TensorBoard would show of a run."""
    events = EventAccumulator(str(folder / "tensorboard"))
    events.Reload()
    events.Reload()  # the first may stop at the file that a broken-off run left
    return events


def points(folder: Path) -> dict[str, list[tuple[int, float]]]:
    events = read(folder)
    return {
        name: [(point.step, point.value) for point in events.Scalars(name)]
        for name in events.Tags()["scalars"]
    }


def curve(folder: Path) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for row in read_curve(folder / "curve.jsonl"):
        for name in row.keys() - {"step"}:
            found.setdefault(name, []).append((int(row["step"]), float(np.float32(row[name]))))
    return found


def test_a_run_shows_what_its_curve_holds(tmp_path: Path) -> None:
    trained(tmp_path)
    shown = points(tmp_path)
    assert {"loss", "gradient", "size"} <= set(shown)
    assert shown == curve(tmp_path)


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_run_that_broke_off_and_went_on_shows_every_point_once(step: int, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        trained(tmp_path, Happenings(fail_at=step))
    trained(tmp_path)
    assert len(list((tmp_path / "tensorboard").iterdir())) == 2
    assert points(tmp_path) == curve(tmp_path)


def test_a_point_is_on_the_disk_at_once(tmp_path: Path) -> None:
    with Board(tmp_path, start=0) as board:
        board.add({"loss": 0.5}, step=3)
        assert points(tmp_path) == {"loss": [(3, 0.5)]}


def test_pictures_are_shown_as_they_are(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "0000004.png")
    for start in (0, 3):
        with Board(tmp_path, start=start) as board:
            board.show(tmp_path / "0000004.png", step=3)
    (image,) = read(tmp_path).Images("preview")
    assert (image.step, image.height, image.width) == (3, 6, 9)


def test_without_the_package_a_run_is_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    Image.new("RGB", (4, 4)).save(tmp_path / "1.png")
    with Board(tmp_path, start=0) as board:
        board.add({"loss": 0.5}, step=0)
        board.show(tmp_path / "1.png", step=0)
    assert not (tmp_path / "tensorboard").exists()
