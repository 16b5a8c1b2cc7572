from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
import tarfile
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from webdataset.compat import WebDataset

from boximator.cli.start import STOPPED
from boximator.data import shards
from boximator.data.sample import Kind, Sample, make_sample
from boximator.data.sample_files import from_files, to_files
from boximator.data.shards import Order, read_shard, read_shards, write_shards
from boximator.scene.problem import Problem
from boximator.world.clip import Split

SMALL = Order(split="heldout", clips=5, per_shard=2, height=32, width=48, frames=4, encoding="png")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def same(one: Sample, other: Sample, *, but: tuple[str, ...] = ()) -> bool:
    names = [field.name for field in fields(Sample) if field.name not in but]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    write_shards(SMALL, folder=folder)
    return folder


def test_what_is_written_is_read_back_exactly(whole: Path) -> None:
    samples = list(read_shards(whole))
    assert [sample.seed for sample in samples] == list(range(5))
    for sample in samples:
        assert same(sample, SMALL.make(sample.seed))


def test_a_video_keeps_all_but_the_last_bit_of_the_frames() -> None:
    sample = SMALL.make(1)
    back = from_files(to_files(sample, fps=8, encoding="mp4"))
    assert same(back, sample, but=("frames",))
    assert back.frames.shape == sample.frames.shape
    assert np.abs(back.frames.astype(int) - sample.frames).mean() < 12


def _within(mask: np.ndarray, *, box: np.ndarray) -> bool:
    """Whether nothing of a mask lies more than a pixel outside of a box."""
    rows, columns = np.nonzero(mask)
    places = np.stack([columns, rows], axis=-1)
    return bool(((places >= box[:2] - 1) & (places < box[2:] + 1)).all())


def test_masks_and_motion_tell_where_the_first_pixels_are() -> None:
    sample = make_sample("sprites", 3, split="heldout", size=(64, 64), frames=4)
    motion = sample.motion
    assert motion is not None
    slots = np.flatnonzero(sample.present)
    assert set(np.unique(sample.masks)) <= {0, *(slots + 1)}
    assert sample.masks.shape == sample.frames.shape[:3]
    for t, slot in [(t, slot) for t in range(4) for slot in slots]:
        assert _within(sample.masks[t] == slot + 1, box=sample.boxes[t, slot] * 64)
    for slot in slots:
        rows, columns = np.nonzero(sample.masks[0] == slot + 1)
        if not len(rows):
            continue  # hidden at first
        there = motion[-1, slot] @ np.stack([columns, rows, np.ones_like(rows)])
        low, high = sample.boxes[-1, slot, :2] * 64, sample.boxes[-1, slot, 2:] * 64
        inside = (there >= low[:, None] - 1.5) & (there <= high[:, None] + 1.5)
        beyond = (there < 0) | (there > 64)
        assert (inside | beyond).all()


def test_webdataset_reads_them(whole: Path) -> None:
    paths = [str(path) for path in sorted(whole.glob("*.tar"))]
    read: Any = WebDataset(paths, shardshuffle=False)
    rows = list(read.decode("rgb8"))
    assert [row["__key__"] for row in rows] == [f"sprites-heldout-{seed:09d}" for seed in range(5)]
    for row in rows:
        sample = SMALL.make(row["json"]["seed"])
        assert np.array_equal(row["03.png"], sample.frames[3])
        assert row["json"]["caption"] == sample.caption
        for track in row["json"]["tracks"]:
            assert np.array_equal(np.float32(track["boxes"]), sample.boxes[:, track["id"] - 1])
            assert track["label"] == sample.labels[track["id"] - 1]


def test_masks_are_pictures_in_the_colours_of_the_slots(whole: Path) -> None:
    with tarfile.open(whole / "sprites-heldout-000000.tar") as tar:
        stream = tar.extractfile("sprites-heldout-000000000.masks.png")
        assert stream is not None
        picture = Image.open(io.BytesIO(stream.read()))
    assert (picture.mode, picture.size) == ("P", (48, 32 * SMALL.frames))


def test_a_run_that_is_broken_off_leaves_whole_shards_and_goes_on(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    stop: list[int] = [3]

    def making(kind: Kind, seed: int, *, split: Split, size: tuple[int, int], frames: int) -> Sample:
        made.append(seed)
        if seed in stop:
            raise KeyboardInterrupt
        return make_sample(kind, seed, split=split, size=size, frames=frames)

    monkeypatch.setattr(shards, "make_sample", making)
    with pytest.raises(KeyboardInterrupt):
        write_shards(SMALL, folder=tmp_path)
    assert sorted(contents(tmp_path)) == ["sprites-heldout-000000.tar", "sprites-heldout.json"]
    (tmp_path / ".sprites-heldout-000001-x.tar").touch()  # as a kill leaves it
    made.clear()
    stop.clear()
    write_shards(SMALL, folder=tmp_path)
    assert made == [0, 2, 3, 4]  # 0: to see that the world is still the same
    assert contents(tmp_path) == contents(whole)


def test_a_longer_order_goes_on_and_a_shorter_one_takes_nothing_away(whole: Path, tmp_path: Path) -> None:
    short = replace(SMALL, clips=3)
    write_shards(short, folder=tmp_path)
    write_shards(SMALL, folder=tmp_path)
    assert contents(tmp_path) == contents(whole)
    told: list[tuple[int, int]] = []
    write_shards(short, folder=tmp_path, progress=lambda done, of: told.append((done, of)))
    assert told == [(2, 3), (3, 3)]
    assert contents(tmp_path) == contents(whole)


def test_a_folder_of_another_order_is_refused(whole: Path) -> None:
    before = contents(whole)
    with pytest.raises(Problem, match="width 48"):
        write_shards(replace(SMALL, width=32), folder=whole)
    ledger = json.loads(before["sprites-heldout.json"])
    (whole / "sprites-heldout.json").write_text(json.dumps({**ledger, "first": "0" * 64}))
    with pytest.raises(Problem, match="another version"):
        write_shards(SMALL, folder=whole)
    (whole / "sprites-heldout.json").write_bytes(before["sprites-heldout.json"])
    assert contents(whole) == before


def test_a_damaged_shard_is_refused_in_words(whole: Path, tmp_path: Path) -> None:
    data = (whole / "sprites-heldout-000000.tar").read_bytes()
    broken = tmp_path / "broken.tar"
    for wrong in (
        b"",
        b"no tar at all" * 100,
        data[: len(data) // 2],
        data.replace(b'"version": 1', b'"version": 9'),
    ):
        broken.write_bytes(wrong)
        with pytest.raises(Problem, match=r"broken\.tar cannot be read"):
            list(read_shard(broken))


def test_the_ledger_says_what_is_there(whole: Path) -> None:
    ledger = json.loads((whole / "sprites-heldout.json").read_text())
    assert [(row["file"], row["clips"]) for row in ledger["shards"]] == [
        ("sprites-heldout-000000.tar", 2), ("sprites-heldout-000001.tar", 2), ("sprites-heldout-000002.tar", 1)
    ]  # fmt: skip
    assert ledger["licences"] == ["MIT", "CC0-1.0", "public domain"]


def test_ctrl_c_leaves_whole_shards_and_the_same_command_goes_on(whole: Path, tmp_path: Path) -> None:
    folder, ledger = tmp_path / "made", tmp_path / "made" / "sprites-heldout.json"
    command = [sys.executable, "-m", "boximator.cli.app", "world", "-o", str(folder), "--shard", "2"]
    command += ["--size", "48x32", "--frames", "4", "--pictures", "--split", "heldout", "--clips"]
    run = subprocess.Popen([*command, "1000000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while run.poll() is None and not ledger.exists():
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(timeout=0.02)
    run.send_signal(signal.SIGINT)
    told, said = run.communicate()
    assert (run.returncode, told) == (130, ""), said
    assert said.splitlines()[-1] == STOPPED
    assert not list(folder.glob(".*"))
    for path in folder.glob("*.tar"):
        assert len(list(read_shard(path))) == 2
    done = subprocess.run([*command, "5"], capture_output=True, text=True, check=True)
    assert "5 clips in 3 shards" in done.stdout
    first = "sprites-heldout-000000.tar"
    assert (folder / first).read_bytes() == (whole / first).read_bytes()
