"""Whatever is wrong with a file is said in the report, nothing else is lost, and the exit code tells."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from films import DETECTOR, film, moving
from orders import SETTINGS, ran, rows_in
from typer.testing import CliRunner

from boximator.annotate.sources import check_given
from boximator.cli.app import app
from boximator.scene.problem import Problem

OPTIONS = ("--exempt", "test", "--detector", DETECTOR, "--frames", "8", "--fps", "8", "--workers", "0")


def reasons(folder: Path, output: Path, **further: object) -> dict[str, str]:
    return {Path(one.path).name: one.reason for one in ran(folder, output, **further).unused}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good video: it must come through whatever lies beside it."""
    film(tmp_path / "in/good.mp4", moving(16))
    return tmp_path / "in"


def test_truncated_empty_and_soundless_files_and_pictures_are_named(folder: Path, tmp_path: Path) -> None:
    whole = (folder / "good.mp4").read_bytes()
    (folder / "no end.mp4").write_bytes(whole[: len(whole) // 2])
    streamed = film(folder / "cut.mkv", np.concatenate([moving(64), moving(64)[::-1]])).read_bytes()
    (folder / "cut.mkv").write_bytes(streamed[:200])
    (folder / "zero.mp4").write_bytes(b"")
    (folder / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    film(folder / "one.mp4", moving(1))
    film(folder / "short.mp4", moving(4))
    with av.open(str(folder / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    found = reasons(folder, tmp_path / "out")
    assert "cannot be read as a video" in found.pop("no end.mp4")
    assert "cannot be read as a video" in found.pop("noise.mp4")
    assert found.pop("cut.mkv")
    assert "is empty (0 bytes)" in found.pop("zero.mp4")
    assert "has 1 frame" in found.pop("one.mp4")
    assert "lasts 0.50 seconds" in found.pop("short.mp4")
    assert "has no video in it" in found.pop("sound.mp4")
    assert found == {}
    assert len(rows_in(tmp_path / "out")) == 2


def test_a_video_whose_middle_is_damaged_is_named_or_read(folder: Path, tmp_path: Path) -> None:
    data = bytearray(film(folder / "bad.mp4", moving(64)).read_bytes())
    begin = data.index(b"mdat")
    data[begin + 400 : begin + 3000] = bytes(2600)
    (folder / "bad.mp4").write_bytes(bytes(data))
    made = ran(folder, tmp_path / "out")
    assert made.videos + len(made.unused) == 2
    assert {row.clip[-5:] for row in rows_in(tmp_path / "out")} >= {"00000", "00001"}


def test_a_video_whose_end_is_missing_is_cut_to_what_is_whole_if_that_is_enough(
    folder: Path, tmp_path: Path
) -> None:
    grain = np.random.default_rng(0).integers(0, 40, (64, 48, 64, 3)).astype(np.uint8)
    noisy = moving(64, seed=1) // 2 + grain  # of frames of about equal size in bytes
    path = film(tmp_path / "whole.mp4", noisy, options={"movflags": "+faststart"})
    with av.open(str(path)) as container:
        begins = sorted(packet.pos or 0 for packet in container.demux(video=0) if packet.size)
    (folder / "most.mp4").write_bytes(path.read_bytes()[: begins[40] + 20])
    (folder / "little.mp4").write_bytes(path.read_bytes()[: begins[7] + 20])
    made = ran(folder, tmp_path / "out", settings=replace(SETTINGS, boxless=True))
    [noted] = made.noted
    assert Path(noted.path).name == "most.mp4"
    [words] = noted.notes
    found = re.fullmatch(r"frame (\d+) of (\d+) cannot be decoded: cut to the \1 before it", words)
    assert found, words
    assert (int(found[1]), int(found[2])) == (40, 41)
    assert made.clips == 2 + 5, "clips of 8 frames, none with the damaged one"
    [unused] = made.unused
    assert (Path(unused.path).name, unused.state) == ("little.mp4", "quarantined")
    assert "cannot be decoded" in unused.reason


def test_odd_videos_are_used_and_it_is_said_how(folder: Path, tmp_path: Path) -> None:
    steps = np.cumsum(np.random.default_rng(0).integers(5, 25, 32))
    film(folder / "varying.mkv", moving(32, seed=1), times=steps.tolist())
    film(folder / "ten.mp4", moving(16, seed=2), pixels="yuv420p10le")
    turned(film(folder / "turned.mp4", moving(16, seed=3)))
    made = ran(folder, tmp_path / "out")
    noted = {Path(one.path).name: " ".join(one.notes) for one in made.noted}
    assert "variable frame rate" in noted["varying.mkv"]
    assert "10-bit" in noted["ten.mp4"]
    assert "turned upright" in noted["turned.mp4"]
    assert made.videos == 4
    upright = [row for row in rows_in(tmp_path / "out") if row.height > row.width]
    assert len(upright) == 2, "the turned video is kept upright"


def turned(path: Path) -> None:
    """Write a rotation of a quarter into the header of an MP4: the matrix in its track."""
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # version 0: the matrix begins 40 bytes into the box's content
    quarter = (0, 0x10000, 0, -0x10000 & 0xFFFFFFFF, 0, 0, 48 << 16, 0, 0x40000000)
    data[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big") for value in quarter)
    path.write_bytes(bytes(data))


def test_four_hours_are_one_reason_and_no_memory(folder: Path, tmp_path: Path) -> None:
    hours = [60_000 * index for index in range(25)]
    film(folder / "long.mkv", moving(25), times=hours)
    assert "lasts 4.2 hours" in reasons(folder, tmp_path / "out")["long.mkv"]
    assert len(rows_in(tmp_path / "out")) == 2


def test_loops_dangling_links_and_unreadable_folders_are_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "sub").mkdir()
    (folder / "sub/up").symlink_to(folder)
    (folder / "gone.mp4").symlink_to(folder / "nowhere.mp4")
    (folder / "self.mp4").symlink_to(folder / "self.mp4")
    (folder / "locked").mkdir()
    listed = os.listdir

    def refusing(path: Path) -> list[str]:  # root may read anything, so the refusal is played
        if Path(path).name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "listdir", refusing)
    found = reasons(folder, tmp_path / "out")
    assert "again; it was entered once" in found.pop("up")
    assert "cannot be read" in found.pop("gone.mp4")
    assert "cannot be read" in found.pop("self.mp4")
    assert "cannot be read: Permission denied" in found.pop("locked")
    assert found == {}
    assert len(rows_in(tmp_path / "out")) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_the_run_in_words_and_it_goes_on_when_there_is_room(
    small_disk: Path, tmp_path: Path
) -> None:
    for seed in range(4):
        noise = np.random.default_rng(seed).integers(0, 160, (16, 96, 96, 3)).astype(np.uint8)
        noise[:, 30:60, :, :] = moving(16, size=(30, 96), seed=seed)
        film(tmp_path / f"in/{seed}.mp4", noise)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(200_000))
    large = replace(SETTINGS, side=96)
    with pytest.raises(Problem, match="Free some space"):
        ran(tmp_path / "in", small_disk / "out", per_shard=2, settings=large)
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    made = ran(tmp_path / "in", small_disk / "out", per_shard=2, settings=large)
    assert (made.videos, made.unused) == (4, ())
    assert len({row.clip for row in rows_in(small_disk / "out")}) == made.clips > 0


def test_the_command_names_what_it_could_not_use_and_exits_with_3(folder: Path, tmp_path: Path) -> None:
    (folder / "zero.mp4").write_bytes(b"")
    said = CliRunner().invoke(app, ["annotate", str(folder), "-o", str(tmp_path / "out"), *OPTIONS])
    assert said.exit_code == 3, said.output
    assert "quarantined after 3 tries" in said.stderr
    assert "zero.mp4 is empty" in said.stderr
    assert "2 clips" in said.stdout
    told = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert [Path(one["path"]).name for one in told["unused"]] == ["zero.mp4"]
    (folder / "zero.mp4").unlink()
    fresh = CliRunner().invoke(app, ["annotate", str(folder), "-o", str(tmp_path / "two"), *OPTIONS])
    assert fresh.exit_code == 0, fresh.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Nothing says where the videos are from"),
        (("--exempt", "me", "--detector", "yolo"), 'The detector is "yolo"'),
        (("--exempt", "me", "--detector", "python:nowhere:f"), "cannot be imported"),
        (("--exempt", "me", "--detector", DETECTOR, "--slice", "1/2"), "go together"),
        (
            ("--exempt", "me", "--detector", DETECTOR, "--executor", "slice", "--slice", "3/2"),
            'slice is "3/2"',
        ),
        (("--exempt", "me", "--detector", DETECTOR, "--captions", "no.csv"), "cannot be read as captions"),
        (("--licences", "no.csv"), "cannot be read"),
        (("--exempt", "me", "--opt-out", "no.txt"), "cannot be read"),
    ],
)
def test_wrong_options_are_refused_before_any_work(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    given = ["annotate", str(tmp_path), "-o", str(tmp_path / "out"), "--detector", DETECTOR, *words]
    said = CliRunner().invoke(app, given)
    assert said.exit_code == 2, said.output
    assert told in " ".join(said.output.split())
    assert not (tmp_path / "out").exists()


def test_nothing_at_all_is_refused_before_weights_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    said = CliRunner().invoke(
        app, ["annotate", str(tmp_path / "nowhere"), "-o", str(tmp_path / "out"), "--exempt", "me"]
    )
    assert said.exit_code == 2
    assert f"There is nothing at {tmp_path / 'nowhere'}" in said.output
    assert not (tmp_path / "out").exists()
    check_given([tmp_path, tmp_path / "nowhere"])  # one of several is only reported


def test_checking_nothing_draws_no_bar(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["data", "check", str(tmp_path)])
    assert said.exit_code == 2
    assert "index.parquet" in said.output
    assert "━" not in said.output
