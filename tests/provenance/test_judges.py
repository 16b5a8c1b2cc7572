"""Other people's programs read what our files say. Where one is not installed its tests are skipped, and say so."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from photo_films import film
from PIL import Image

from boximator.provenance.about import About
from boximator.provenance.marks import write_marked
from boximator.provenance.metadata import COMMENT, SOURCE_TYPE, read_metadata
from boximator.provenance.stills import stills

ENDINGS = ("mp4", "gif", "png", "webp")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, about = tmp_path_factory.mktemp("judged"), About(base="pocket & more", seed=3)
    frames = film(rows=96, columns=128, frames=2)
    for ending in ENDINGS[:3]:
        write_marked(frames, made / f"a.{ending}", fps=8, about=about)
    (made / "a.webp").write_bytes(next(stills(frames, fps=8, about=about)))
    return made


def judged(program: str, *arguments: str) -> str:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("ending", ENDINGS)
def test_exiftool_reads_the_xmp(ending: str, folder: Path) -> None:
    (said,) = json.loads(judged("exiftool", "-json", "-G", "-n", str(folder / f"a.{ending}")))
    assert said["XMP:DigitalSourceType"] == SOURCE_TYPE
    assert said["XMP:AISystemUsed"] == "boximator, base pocket & more"
    assert said["XMP:CreatorTool"].startswith("boximator")
    assert "ExifTool:Warning" not in said
    assert "ExifTool:Error" not in said


def test_exiftool_sees_a_comment_in_each_container_that_has_one(folder: Path) -> None:
    names = [str(folder / f"a.{ending}") for ending in ENDINGS[:3]]
    said = json.loads(judged("exiftool", "-json", "-Comment", *names))
    assert [entry["Comment"] for entry in said] == [COMMENT] * 3


def test_ffprobe_sees_the_tag_and_a_film(folder: Path) -> None:
    options = ("-v", "error", "-of", "json", "-show_format", "-show_streams")
    said = json.loads(judged("ffprobe", *options, str(folder / "a.mp4")))
    assert said["format"]["tags"]["comment"] == COMMENT
    assert (said["streams"][0]["width"], said["streams"][0]["height"]) == (128, 96)


def test_a_remux_by_ffmpeg_keeps_the_tag(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.mp4"
    judged("ffmpeg", "-v", "error", "-i", str(folder / "a.mp4"), "-c", "copy", str(target))
    said = read_metadata(target.read_bytes())
    assert said.comment
    assert said.made_by_ai


def test_pillow_reads_comments_and_xmp(folder: Path) -> None:
    with Image.open(folder / "a.png") as picture:
        assert picture.info["Comment"] == COMMENT
    with Image.open(folder / "a.gif") as picture:
        assert picture.info["comment"].decode() == COMMENT
    with Image.open(folder / "a.webp") as picture:
        assert SOURCE_TYPE.encode() in picture.info["xmp"]
