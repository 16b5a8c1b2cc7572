"""From file to file: sizes and pictures found, the dense original kept, nothing written over."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from boximator.convert import Wish, convert
from boximator.scene.problem import Problem
from boximator.scene.wire import read_scene, write_scene
from boximator.video.reader import VideoReader

EXAMPLE = pathlib.Path(__file__).parents[1] / "examples/two-objects.json"


def test_a_scene_goes_through_mot_and_back_to_the_boxes_drawn(tmp_path: pathlib.Path) -> None:
    there = convert(EXAMPLE, tmp_path / "mot", Wish(target="mot"))
    assert "The prompt is left out." in there.notes
    back = convert(tmp_path / "mot", tmp_path / "back.json", Wish(prompt="two horses"))
    assert (back.source.name, back.target.name) == ("mot", "scene")
    scene, before = read_scene(tmp_path / "back.json"), read_scene(EXAMPLE)
    assert scene.prompt == "two horses"
    assert [len(track.keyframes) for track in scene.tracks] == [2, 2]
    for ours, theirs in zip(scene.tracks, before.tracks, strict=True):
        assert ours.keyframes[1].box.as_tuple() == pytest.approx(theirs.keyframes[1].box.as_tuple(), abs=1e-6)
    dense = read_scene(tmp_path / "back.dense.json")
    assert [len(track.keyframes) for track in dense.tracks] == [16, 16]


def test_sg_i2v_brings_its_picture_along(tmp_path: pathlib.Path) -> None:
    convert(EXAMPLE, tmp_path / "sg", Wish(target="sg-i2v", frames=14, size=(320, 208)))
    convert(tmp_path / "sg", tmp_path / "back.json", Wish())
    scene = read_scene(tmp_path / "back.json")
    assert scene.picture == "sg/img.png"
    assert scene.frames == 14


def test_boxes_go_without_the_picture_if_the_size_is_told(tmp_path: pathlib.Path) -> None:
    alone = pathlib.Path(shutil.copy(EXAMPLE, tmp_path / "alone.json"))
    with pytest.raises(Problem, match=r"horse"):
        convert(alone, tmp_path / "mot", Wish(target="mot"))
    done = convert(alone, tmp_path / "mot", Wish(target="mot", size=(320, 208)))
    assert all(path.is_file() for path in done.files)
    with pytest.raises(Problem, match=r"picture"):
        convert(alone, tmp_path / "ttm", Wish(target="ttm", size=(320, 208)))


def test_a_film_has_the_size_and_the_frames(tmp_path: pathlib.Path) -> None:
    convert(EXAMPLE, tmp_path / "boxes.mp4", Wish(target="vace", size=(160, 96), frames=9))
    with VideoReader(tmp_path / "boxes.mp4") as film:
        assert len(film) == 9
        assert film[0].shape == (96, 160, 3)


def test_nothing_is_written_over(tmp_path: pathlib.Path) -> None:
    copy = pathlib.Path(shutil.copy(EXAMPLE, tmp_path / "scene.json"))
    with pytest.raises(Problem, match="the same"):
        convert(copy, copy, Wish(force=True, target="scene"))
    (tmp_path / "a.xml").write_text("mine", encoding="utf-8")
    with pytest.raises(Problem, match="--force"):
        convert(EXAMPLE, tmp_path / "a.xml", Wish())
    assert (tmp_path / "a.xml").read_text(encoding="utf-8") == "mine"
    convert(EXAMPLE, tmp_path / "a.xml", Wish(force=True))
    assert read_scene(EXAMPLE).frames == 16


def test_a_film_too_large_is_refused_before_it_is_made(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Problem, match="--size"):
        convert(EXAMPLE, tmp_path / "a.mp4", Wish(target="vace", size=(8000, 8000), frames=1000))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_size_is_asked_for(tmp_path: pathlib.Path) -> None:
    (tmp_path / "gt.txt").write_text("1,1,0,0,9,9,1\n", encoding="utf-8")
    with pytest.raises(Problem, match="--size"):
        convert(tmp_path / "gt.txt", tmp_path / "a.json", Wish())
    convert(tmp_path / "gt.txt", tmp_path / "a.json", Wish(size=(64, 64)))
    (tmp_path / "b.dense.json").write_text("mine", encoding="utf-8")
    with pytest.raises(Problem, match="dense"):
        convert(tmp_path / "gt.txt", tmp_path / "b.json", Wish(size=(64, 64)))
    write_scene(read_scene(tmp_path / "a.json"), tmp_path / "again.json")
