from __future__ import annotations

import json
import pathlib

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from boximator.cli.app import app
from boximator.scene.schema import schema_text
from boximator.scene.wire import read_scene


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["scene", *map(str, arguments)])


@pytest.fixture
def photo(tmp_path: pathlib.Path) -> pathlib.Path:
    pixels = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def scene(photo: pathlib.Path) -> pathlib.Path:
    path = photo.with_name("scene.json")
    done = run("new", photo, "-o", path, "--box", "dog:0.1,0.5,0.3,0.8", "--end-box", "dog:0.6,0.5,0.8,0.8")
    assert done.exit_code == 0, done.output
    return path


def test_a_new_scene_holds_what_was_said_and_is_good(photo: pathlib.Path) -> None:
    path = photo.parent / "folder/deep/scene.json"
    path.parent.mkdir(parents=True)
    done = run(
        *("new", photo, "-o", path, "--prompt", "a dog runs", "--frames", 12, "--fps", 7, "--seed", 5),
        *("--box", "dog:10%,50%,30%,80%", "--box", "bird:-0.2,0.3,0,0.6"),
        *("--end-box", "bird:0.2,0.3,0.4,0.6", "--path", "dog:smooth 0.2,0.6 0.5,0.2 0.8,0.6"),
        *("--anchor", "tree:0.8,0,1,0.5"),
    )
    assert done.exit_code == 0, done.output
    made = read_scene(path)
    assert made.picture == "../../photo.png"
    assert (made.prompt, made.frames, made.fps, made.seed) == ("a dog runs", 12, 7, 5)
    assert [track.label for track in made.tracks] == ["dog", "bird", "tree"]
    assert made.tracks[1].keyframes[1].frame == 11
    assert run("check", path).exit_code == 0


def test_a_scene_that_is_there_is_not_replaced_unless_told(scene: pathlib.Path, photo: pathlib.Path) -> None:
    before = scene.read_text()
    again = ("new", photo, "-o", scene, "--box", "0,0,0.5,0.5")
    assert run(*again).exit_code == 2
    assert scene.read_text() == before
    assert run(*again, "--force").exit_code == 0
    assert scene.read_text() != before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--box", "dog:1,2"], "2 numbers"),
        ([], "no tracks"),
        (["--box", "0,0,1,1", "--frames", "0"], "frames"),
        (["--box", "0,0,1,1", "--end-box", "cat:0,0,1,1"], "cat"),
    ],
)
def test_a_scene_that_cannot_be_is_not_written(photo: pathlib.Path, arguments: list[str], words: str) -> None:
    done = run("new", photo, "-o", photo.parent / "scene.json", *arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert list(photo.parent.iterdir()) == [photo]


def test_a_new_scene_needs_a_photo_that_can_be_read(tmp_path: pathlib.Path) -> None:
    done = run("new", tmp_path / "nowhere.jpg", "-o", tmp_path / "scene.json", "--box", "0,0,1,1")
    assert done.exit_code == 2
    assert "no picture" in done.output


def test_check_says_what_is_in_a_good_file(scene: pathlib.Path) -> None:
    done = run("check", scene)
    assert (done.exit_code, "1 track, 16 frames, photo.png" in done.output) == (0, True)


def test_check_goes_through_all_files_though_one_is_bad(scene: pathlib.Path) -> None:
    done = run("check", scene.with_name("nowhere.json"), scene)
    assert done.exit_code == 2
    assert "nowhere.json" in done.output
    assert "good" in done.output


def test_check_reads_both_pictures_and_tells_both_faults(scene: pathlib.Path) -> None:
    content = json.loads(scene.read_text()) | {"picture": "a.jpg", "last_picture": "b.jpg"}
    scene.write_text(json.dumps(content))
    done = run("check", scene)
    assert done.exit_code == 2
    assert "  picture: " in done.output
    assert "  last_picture: " in done.output


def test_check_tells_that_an_animation_gives_its_first_frame(scene: pathlib.Path) -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    frames[0].save(scene.with_name("photo.gif"), save_all=True, append_images=frames[1:])
    scene.write_text(scene.read_text().replace("photo.png", "photo.gif"))
    done = run("check", scene)
    assert done.exit_code == 0
    assert "2 frames; the first one is used" in done.output


@pytest.mark.parametrize("ending", [".gif", ".png", ".mp4"])
def test_previews_are_written_whole(scene: pathlib.Path, ending: str) -> None:
    output = scene.with_name(f"preview{ending}")
    assert run("preview", scene, "-o", output).exit_code == 0
    assert output.stat().st_size > 1000
    assert {path.name for path in scene.parent.iterdir()} == {"photo.png", "scene.json", output.name}


def test_a_preview_shows_every_frame_with_its_boxes(scene: pathlib.Path) -> None:
    output = scene.with_name("preview.gif")
    run("preview", scene, "-o", output)
    with Image.open(output) as shown:
        assert getattr(shown, "n_frames", 1) == 16
        assert shown.size == (64, 48)
        pixels = np.asarray(shown.convert("RGB")).astype(int)
    red = (pixels[..., 0] > 200) & (pixels[..., 1:] < 60).all(axis=-1)
    assert red[24:38, 6:20].sum() > 30


def test_a_scene_without_a_picture_is_previewed_on_grey(scene: pathlib.Path) -> None:
    content = json.loads(scene.read_text()) | {"picture": None, "width": 2000, "height": 1000}
    scene.write_text(json.dumps(content))
    output = scene.with_name("preview.gif")
    assert run("preview", scene, "-o", output).exit_code == 0
    with Image.open(output) as shown:
        assert shown.size == (512, 256)


def test_a_preview_of_another_kind_is_refused(scene: pathlib.Path) -> None:
    done = run("preview", scene, "-o", scene.with_name("preview.bmp"))
    assert done.exit_code == 2
    assert not scene.with_name("preview.bmp").exists()


def test_the_schema_is_printed() -> None:
    assert run("schema").output == schema_text()
