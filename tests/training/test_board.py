from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from board_events import shown
from PIL import Image
from tiny_runs import Happenings, trained

from boximator.training.board import Board
from boximator.training.curve import read_curve


def points(folder: Path) -> dict[str, list[tuple[int, float]]]:
    events = shown(folder)
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
    found = points(tmp_path)
    assert {"loss", "gradient", "size"} <= set(found)
    assert found == curve(tmp_path)


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_run_that_broke_off_and_went_on_shows_every_point_once(step: int, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        trained(tmp_path, Happenings(fail_at=step))
    trained(tmp_path)
    assert len(list((tmp_path / "tensorboard").iterdir())) == 2
    assert points(tmp_path) == curve(tmp_path)


def test_a_file_is_read_after_those_that_were_there_whatever_their_names(tmp_path: Path) -> None:
    for start in range(4):
        with Board(tmp_path, start=start) as board:
            for step in range(start, 5):
                board.add({"loss": start + step / 8}, step=step)
        newest = max((tmp_path / "tensorboard").iterdir())
        newest.rename(newest.with_name(re.sub(r"\d{10}", "2000000000", newest.name)))
    assert points(tmp_path) == {"loss": [(0, 0.0), (1, 1.125), (2, 2.25), (3, 3.375), (4, 3.5)]}
    assert len(list((tmp_path / "tensorboard").iterdir())) == 4


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
    (image,) = shown(tmp_path).Images("preview")
    assert (image.step, image.height, image.width) == (3, 6, 9)
    assert image.encoded_image_string == (tmp_path / "0000004.png").read_bytes()


def test_without_the_package_a_run_is_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    Image.new("RGB", (4, 4)).save(tmp_path / "1.png")
    with Board(tmp_path, start=0) as board:
        board.add({"loss": 0.5}, step=0)
        board.show(tmp_path / "1.png", step=0)
    assert not (tmp_path / "tensorboard").exists()
