from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from boximator.export import Recipe, Wanted, read_recipe, write_result
from boximator.generation import Result, Settings
from boximator.provenance.marks import Marks
from boximator.scene.box import Box
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track
from boximator.scene.wire import write_scene
from boximator.video.reader import VideoReader

SCENE = Scene(
    picture="photo.png",
    prompt="ein Hund läuft",
    frames=4,
    seed=7,
    tracks=(
        Track(
            id=3,
            label="dog",
            keyframes=(
                Keyframe(frame=0, box=Box(0.1, 0.2, 0.4, 0.6)),
                Keyframe(frame=3, box=Box(0.5, 0.2, 0.8, 0.6)),
            ),
        ),
    ),
)
RECIPE = Recipe(
    scene=SCENE, settings=Settings(steps=3, guidance=1.5, transport=False, insert=False), base="pocket"
)


def result(*, boxes: bool = True, seed: int = 0) -> Result:
    shades = np.random.default_rng(seed).integers(0, 200, (4, 1, 1, 3), dtype=np.uint8)
    frames = np.broadcast_to(shades, (4, 48, 64, 3)).copy()
    return Result(frames=frames, plan=plan(SCENE) if boxes else None, seconds=1.0)


def test_a_published_video_tells_where_its_boxes_are(tmp_path: Path) -> None:
    small = replace(result(), frames=result().frames[:1])
    marks = Marks(watermark=False)
    wanted = Wanted(place="youtube", marks=marks)
    write_result(small, recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=wanted)
    assert read_recipe(tmp_path / "dog.json") == RECIPE
    told = json.loads((tmp_path / "dog.json").read_text(encoding="utf-8"))["published"]
    assert (told["width"], told["height"], told["window"]) == (1920, 1080, [0.125, 0.0, 0.875, 1.0])
    assert told["boxes"][0]["frames"][0] == [0, 0.2, 0.2, 0.425, 0.6]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_video_and_what_makes_it_again_are_written(tmp_path: Path) -> None:
    written = write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted())
    assert [path.name for path in written] == ["dog.mp4", "dog.json"]
    assert names(tmp_path) == {"dog.mp4", "dog.json"}
    assert read_recipe(tmp_path / "dog.json") == RECIPE
    content = json.loads((tmp_path / "dog.json").read_text(encoding="utf-8"))
    assert content["video"] == "dog.mp4"
    assert content["scene"]["prompt"] == "ein Hund läuft"
    with VideoReader(tmp_path / "dog.mp4") as reader:
        assert (len(reader), reader.fps) == (4, SCENE.fps)
        assert np.abs(reader[2].astype(int) - result().frames[2]).mean() < 8


@pytest.mark.parametrize("signature", [True, False])
def test_same_result_same_bytes(tmp_path: Path, signature: bool) -> None:
    wanted = Wanted(gif=True, sheet=True, marks=Marks(signature=signature))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_result(result(), recipe=RECIPE, path=tmp_path / name / "dog.mp4", wanted=wanted)
    for name in names(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_same_video_has_the_same_bytes_under_another_name(tmp_path: Path) -> None:
    contents: list[dict[str, str]] = []
    for name in ("dog", "hound"):
        write_result(result(), recipe=RECIPE, path=tmp_path / f"{name}.mp4", wanted=Wanted())
        contents.append(json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8")))
    for digest in ("sha256", "sha256_before_signature"):
        assert contents[0][digest] == contents[1][digest]
    assert contents[0]["sha256"] != contents[0]["sha256_before_signature"]


def test_what_was_turned_off_is_written_down(tmp_path: Path) -> None:
    marks = Marks(label=False, signature=False)
    write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted(marks=marks))
    content = json.loads((tmp_path / "dog.json").read_text(encoding="utf-8"))
    assert content["marks"]["turned_off"] == ["label", "signature"]
    assert b"turned off: label, signature" in (tmp_path / "dog.mp4").read_bytes()


def test_the_checksum_is_that_of_the_video(tmp_path: Path) -> None:
    import hashlib

    write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted())
    content = json.loads((tmp_path / "dog.json").read_text(encoding="utf-8"))
    assert content["sha256"] == hashlib.sha256((tmp_path / "dog.mp4").read_bytes()).hexdigest()


def test_other_files_are_written_when_they_are_wanted(tmp_path: Path) -> None:
    every = Wanted(preview=True, gif=True, sheet=True)
    written = write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=every)
    assert {path.name for path in written} == names(tmp_path)
    assert names(tmp_path) == {"dog.mp4", "dog.json", "dog-boxes.mp4", "dog.gif", "dog-sheet.png"}
    assert (tmp_path / "dog-boxes.mp4").read_bytes() != (tmp_path / "dog.mp4").read_bytes()
    with Image.open(tmp_path / "dog.gif") as gif:
        assert getattr(gif, "n_frames", 1) == 4


def test_without_boxes_there_is_no_preview_of_them(tmp_path: Path) -> None:
    write_result(result(boxes=False), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted(preview=True))
    assert names(tmp_path) == {"dog.mp4", "dog.json"}


def test_a_second_result_replaces_the_first(tmp_path: Path) -> None:
    write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted())
    first = (tmp_path / "dog.mp4").read_bytes()
    other = replace(RECIPE, scene=replace(SCENE, seed=8))
    write_result(result(seed=1), recipe=other, path=tmp_path / "dog.mp4", wanted=Wanted())
    assert (tmp_path / "dog.mp4").read_bytes() != first
    assert read_recipe(tmp_path / "dog.json") == other


def test_a_scene_that_somebody_drew_is_never_replaced(tmp_path: Path) -> None:
    write_scene(SCENE, tmp_path / "dog.json")
    before = (tmp_path / "dog.json").read_bytes()
    with pytest.raises(Problem, match="another name"):
        write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted())
    assert (tmp_path / "dog.json").read_bytes() == before
    assert names(tmp_path) == {"dog.json"}


def test_any_other_file_has_no_recipe(tmp_path: Path) -> None:
    write_scene(SCENE, tmp_path / "scene.json")
    (tmp_path / "list.json").write_text("[1, 2]", encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name in (*names(tmp_path), "missing.json"):
        assert read_recipe(tmp_path / name) is None


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("", "settings", None),
        ("", "scene", None),
        ("", "settings", 3),
        ("settings", "steps", "many"),
        ("settings", "steps", 0),
        ("settings", "speed", 1),
        ("scene", "frames", -1),
    ],
)
def test_a_damaged_recipe_is_refused_in_words(part: str, field: str, value: object, tmp_path: Path) -> None:
    write_result(result(), recipe=RECIPE, path=tmp_path / "dog.mp4", wanted=Wanted())
    content = json.loads((tmp_path / "dog.json").read_text(encoding="utf-8"))
    place = content[part] if part else content
    if value is None:
        del place[field]
    else:
        place[field] = value
    (tmp_path / "dog.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(Problem):
        read_recipe(tmp_path / "dog.json")
