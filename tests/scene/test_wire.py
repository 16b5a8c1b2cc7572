from __future__ import annotations

import json
import os
import pathlib
from typing import Any

import pytest
from hypothesis import given
from scene_strategies import scenes

from boximator.scene.problem import ManyProblems, Problem
from boximator.scene.scene import Scene
from boximator.scene.wire import beside, read_scene, scene_from_text, scene_to_text, write_scene

KEYFRAME = {"frame": 0, "box": [0.1, 0.2, 0.4, 0.6]}
SMALLEST: dict[str, Any] = {
    "version": 1,
    "picture": "photo.jpg",
    "tracks": [{"id": 1, "keyframes": [KEYFRAME]}],
}


def places(text: str) -> list[str]:
    with pytest.raises(ManyProblems) as caught:
        scene_from_text(text)
    return [fault.place for fault in caught.value.faults]


@given(scenes())
def test_what_is_written_is_read_back(scene: Scene) -> None:
    assert scene_from_text(scene_to_text(scene)) == scene


def test_files_are_written_and_read(tmp_path: pathlib.Path) -> None:
    scene = scene_from_text(json.dumps(SMALLEST))
    write_scene(scene, tmp_path / "scene.json")
    assert read_scene(tmp_path / "scene.json") == scene
    assert [path.name for path in tmp_path.iterdir()] == ["scene.json"]


def test_what_is_left_out_has_its_default() -> None:
    scene = scene_from_text(json.dumps(SMALLEST))
    key = scene.tracks[0].keyframes[0]
    assert (scene.frames, scene.fps, scene.seed, scene.width) == (16, 8, 0, None)
    assert (key.hard, key.easing, scene.tracks[0].label, scene.tracks[0].path) == (True, "linear", "", None)


def test_a_byte_order_mark_does_no_harm(tmp_path: pathlib.Path) -> None:
    (tmp_path / "scene.json").write_text(json.dumps(SMALLEST), encoding="utf-8-sig")
    assert read_scene(tmp_path / "scene.json").picture == "photo.jpg"


def test_a_box_is_one_line() -> None:
    text = scene_to_text(scene_from_text(json.dumps(SMALLEST)))
    assert '"box": [0.1, 0.2, 0.4, 0.6],' in text


def test_pictures_lie_beside_the_file() -> None:
    assert beside("some/folder/scene.json", "photo.jpg") == pathlib.Path("some/folder/photo.jpg")


def test_every_fault_is_told_at_once_with_its_place() -> None:
    broken = {
        "version": 1,
        "promt": "a dog",
        "frames": "16",
        "width": 640,
        "tracks": [
            {
                "id": 1,
                "keyframes": [
                    {"frame": 0, "box": [0.5, 0.2, 0.1, 0.3]},
                    {"frame": 0, "box": [1, 2, 3]},
                    {"frame": 9, "box": [1, 2, 300, 400], "hrad": True},
                ],
            },
            {"id": 1, "keyframes": [], "path": {"points": [[0, 1, 2], ["a", 3]], "easing": "fast"}},
            5,
        ],
    }
    assert sorted(places(json.dumps(broken))) == [
        "frames",
        "height",
        "promt",
        "tracks[0].keyframes[0].box",
        "tracks[0].keyframes[1].box",
        "tracks[0].keyframes[1].frame",
        "tracks[0].keyframes[2].box",
        "tracks[0].keyframes[2].hrad",
        "tracks[1].id",
        "tracks[1].keyframes",
        "tracks[1].path.easing",
        "tracks[1].path.points[0]",
        "tracks[1].path.points[1][0]",
        "tracks[2]",
    ]


def test_faults_between_fields_are_told_though_fields_are_wrong_too() -> None:
    broken = {
        **SMALLEST,
        "seed": "x",
        "tracks": [{"id": 1, "keyframes": [{**KEYFRAME, "frame": 16}, {**KEYFRAME, "frame": 16}]}],
    }
    assert sorted(places(json.dumps(broken))) == [
        "seed",
        "tracks[0].keyframes[0].frame",
        "tracks[0].keyframes[1].frame",
    ]


@pytest.mark.parametrize(
    ("name", "nearest"), [("promt", "prompt"), ("pictures", "picture"), ("Frames", "frames"), ("zzz", None)]
)
def test_unknown_fields_get_the_nearest_name_proposed(name: str, nearest: str | None) -> None:
    with pytest.raises(Problem) as caught:
        scene_from_text(json.dumps({**SMALLEST, name: 1}))
    assert (f'Did you mean "{nearest}"?' in str(caught.value)) == (nearest is not None)
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_named_wherever_they_stand(name: str) -> None:
    with pytest.raises(Problem, match=f"written as {name}"):
        scene_from_text(f'{{"version": 1, "whatever": [{name}]}}')


def test_a_path_with_two_boxes_may_name_the_last_one_first() -> None:
    track = {
        "id": 1,
        "keyframes": [{**KEYFRAME, "frame": 15}, KEYFRAME],
        "path": {"points": [[0, 0], [1, 1]]},
    }
    assert scene_from_text(json.dumps({**SMALLEST, "tracks": [track]})).tracks[0].path is not None


def test_a_file_of_another_version_is_judged_no_further() -> None:
    assert places('{"version": 2, "whatever": 1}') == ["version"]


def test_a_scene_without_tracks_is_neither_written_nor_read(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Problem, match="no tracks"):
        write_scene(Scene(prompt="rain"), tmp_path / "scene.json")
    assert list(tmp_path.iterdir()) == []
    assert places(json.dumps({**SMALLEST, "tracks": []})) == ["tracks"]


def test_size_can_stand_for_a_picture() -> None:
    sized = {**SMALLEST, "picture": None, "width": 640, "height": 480}
    assert scene_from_text(json.dumps(sized)).width == 640
    assert places(json.dumps({**sized, "width": None, "height": None})) == ["picture"]


def test_a_folder_a_missing_file_and_a_pipe_are_no_scenes(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("", "nowhere.json", "pipe", "a\0b"):
        with pytest.raises(Problem):
            read_scene(f"{tmp_path}/{name}")


def test_a_file_too_large_is_not_read(tmp_path: pathlib.Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(10 * 2**30)  # sparse: it takes no room
    with pytest.raises(Problem, match="MB"):
        read_scene(tmp_path / "huge.json")
