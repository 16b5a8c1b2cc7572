from __future__ import annotations

import tarfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from films import film, moving
from orders import SETTINGS, order, ran, rows_in, silent
from webdataset.compat import WebDataset

from boximator.annotate import annotator
from boximator.annotate.captions import read_captions
from boximator.annotate.detection import Detection, Frame
from boximator.annotate.run import annotate
from boximator.annotate.slices import Slice
from boximator.annotate.trackers import ByBoxes
from boximator.annotate.tracking import Thread
from boximator.data.dataset.clips import Clips
from boximator.data.dataset.licences import Ledger, OptOut, Permission
from boximator.scene.box import iou
from boximator.scene.problem import Problem


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    for seed in range(3):
        film(tmp_path / f"videos/{seed}.mp4", moving(24, seed=seed))
    return tmp_path / "videos"


def test_videos_become_clips_with_the_boxes_of_what_moves(videos: Path, tmp_path: Path) -> None:
    made = ran(videos, tmp_path / "out")
    assert (made.videos, made.clips, made.shards, made.unused) == (3, 9, 1, ())
    clips = Clips(str(tmp_path / "out"))
    assert len(clips) == 9
    found = clips[0]
    assert found.shown.frames.shape == (8, 48, 64, 3)
    assert found.shown.labels[0] == "dog"
    assert found.shown.present.tolist() == [True, *[False] * 7]
    lefts = found.shown.boxes[:, 0, 0]
    assert np.all(np.diff(lefts) >= 0)
    assert lefts[-1] > lefts[0] + 0.15, "it goes to the right"
    truth = np.array([[4 + 40 * i // 23, 8, 20 + 40 * i // 23, 24] for i in range(8)]) / [64, 48, 64, 48]
    assert iou(found.shown.boxes[:, 0].astype(float), truth).min() > 0.75
    assert found.record.licence == "CC0-1.0"


def test_the_same_command_again_does_nothing_and_gives_the_same_bytes(videos: Path, tmp_path: Path) -> None:
    ran(videos, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.tar")}

    class Never:
        def run(self, jobs: object, *, work: object) -> object:
            raise AssertionError("there is nothing to do")

    made = annotate(order(videos, tmp_path / "out", executor=Never()), progress=silent)  # type: ignore[arg-type]
    assert made.clips == 9
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").glob("*.tar")}
    ran(videos, tmp_path / "other")
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "other").glob("*.tar")}


def test_new_videos_are_added_to_what_is_there(videos: Path, tmp_path: Path) -> None:
    ran(videos, tmp_path / "out")
    film(videos / "more.mp4", moving(16, seed=70))
    assert ran(videos, tmp_path / "out").clips == 11
    assert len({row.clip for row in rows_in(tmp_path / "out")}) == 11


def test_shards_are_of_equal_number_and_clips_lie_where_the_index_says(videos: Path, tmp_path: Path) -> None:
    made = ran(videos, tmp_path / "out", per_shard=4)
    assert made.shards == 3
    sizes = []
    for path in sorted((tmp_path / "out").glob("*.tar")):
        with tarfile.open(path) as tar:
            names = tar.getnames()
        sizes.append(len(names) // 2)
        assert [Path(name).stem for name in names[::2]] == [Path(name).stem for name in names[1::2]]
    assert sizes == [4, 4, 1]
    clips = Clips(str(tmp_path / "out"))
    assert [clips[i].record.clip for i in range(9)] == [row.clip for row in rows_in(tmp_path / "out")]
    assert not list((tmp_path / "out/parts").iterdir())


def test_webdataset_reads_the_shards(videos: Path, tmp_path: Path) -> None:
    ran(videos, tmp_path / "out")
    [shard] = (tmp_path / "out").glob("*.tar")
    samples = list(WebDataset(str(shard), shardshuffle=False, empty_check=False))
    assert len(samples) == 9
    assert {"mp4", "json"} <= set(samples[0])


def test_a_clip_without_source_and_licence_is_refused_unless_someone_waives_it(
    videos: Path, tmp_path: Path
) -> None:
    rows = (("0.mp4", Permission(source="me", licence="MIT")), ("1.mp4", Permission(exempt="Ada")))
    made = ran(videos, tmp_path / "out", licences=Ledger(rows=rows))
    assert made.videos == 2
    assert [Path(one.path).name for one in made.unused] == ["2.mp4"]
    assert "No source and licence" in made.unused[0].reason
    assert {row.exempt for row in rows_in(tmp_path / "out")} == {"", "Ada"}
    again = ran(videos, tmp_path / "out", again=True)
    assert again.videos == 3, "with --again, and a licence, it comes in"


def test_who_opted_out_is_not_in(videos: Path, tmp_path: Path) -> None:
    ran(videos, tmp_path / "all")
    mark = rows_in(tmp_path / "all")[-1].video
    made = ran(videos, tmp_path / "out", opt_out=OptOut(("*/1.mp4", mark)))
    assert made.videos == 1
    assert all("opt-out" in one.reason for one in made.unused)
    (tmp_path / "all/opt-out.txt").write_text(f"{mark}  # asked by mail\n", encoding="utf-8")
    assert len(Clips(str(tmp_path / "all"))) == 6, "and whoever opts out later is left out by the reader"


def test_the_same_bytes_under_two_names_are_taken_once(videos: Path, tmp_path: Path) -> None:
    (videos / "9 copy.mp4").write_bytes((videos / "0.mp4").read_bytes())
    made = ran(videos, tmp_path / "out")
    assert made.clips == 9
    assert [(Path(one.path).name, "same bytes" in one.reason) for one in made.unused] == [
        ("9 copy.mp4", True)
    ]
    assert not list((tmp_path / "out/parts").iterdir())


def test_other_settings_are_another_dataset(videos: Path, tmp_path: Path) -> None:
    ran(videos, tmp_path / "out")
    other = replace(SETTINGS, frames=4)
    with pytest.raises(Problem, match="begun with frames 8, and was to go on with frames 4"):
        ran(videos, tmp_path / "out", settings=other)


def test_slices_share_the_videos_and_make_one_dataset(videos: Path, tmp_path: Path) -> None:
    made = [ran(videos, tmp_path / "out", slice=Slice(number, 3)) for number in (1, 2, 3)]
    assert sum(one.videos for one in made) == 3
    assert sum(one.clips for one in made) == len(Clips(str(tmp_path / "out"))) == 9
    assert len({row.clip for row in rows_in(tmp_path / "out")}) == 9


def test_what_is_still_or_empty_is_not_kept_and_counted(tmp_path: Path) -> None:
    film(tmp_path / "in/still.mp4", moving(16, still=True))
    grey = np.stack([np.full((48, 64, 3), 40 + 10 * i, np.uint8) for i in range(8)])
    film(tmp_path / "in/grey.mp4", grey)
    made = ran(tmp_path / "in", tmp_path / "out")
    assert made.clips == 0
    assert made.dropped == {"nothing moved": 2, "nothing was found": 1}
    assert made.unused == ()


def test_with_a_caption_only_what_it_names_is_looked_for_and_is_called_so(tmp_path: Path) -> None:
    from boximator.annotate.captions import Captions

    film(tmp_path / "in/a.mp4", moving(8))
    film(tmp_path / "in/b.mp4", moving(8, seed=1))
    told = Captions({"a.mp4": "A small puppy runs over the grass.", "b.mp4": "A dragon flies by."})
    made = ran(tmp_path / "in", tmp_path / "out", captions=told)
    assert made.dropped == {"nothing was found": 1}, "a dragon is no class, and is not called a dog"
    [row] = rows_in(tmp_path / "out")
    assert (row.labels, row.caption) == (["small puppy"], "A small puppy runs over the grass.")


def test_a_captioner_says_what_is_looked_for_and_a_tracker_sees_the_frames(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Says:
        def caption(self, frame: Frame) -> str:
            assert frame.shape == (48, 64, 3)
            return "a small puppy beside a dragon"

    class Follows(ByBoxes):
        def things(self, found: Sequence[Sequence[Detection]], *, frames: Sequence[Frame]) -> list[Thread]:
            assert len(found) == len(frames) == 8
            followed.append(len(frames))
            return super().things(found, frames=frames)

    followed: list[int] = []
    monkeypatch.setattr(annotator, "load_captioner", {"a/folder": Says()}.__getitem__)
    monkeypatch.setattr(annotator, "load_tracker", {"sam2:x": Follows()}.__getitem__)
    captions = read_captions("florence-2:a/folder")
    made = ran(videos, tmp_path / "out", captions=captions, settings=replace(SETTINGS, tracker="sam2:x"))
    assert made.clips == len(followed) == 9
    record = Clips(str(tmp_path / "out"))[0].record
    assert record.caption == "a small puppy beside a dragon"
    assert [track.label for track in record.tracks] == ["small puppy"]
