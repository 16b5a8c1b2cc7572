"""`boximator verify` on whatever a person may have: told by bytes, in words, with the exit codes of the contract."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from photo_films import film
from PIL import Image
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.provenance.marks import write_marked
from boximator.video.writer import write_video

FRAMES = film(frames=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    for name in ("a.mp4", "a.gif", "a.png"):
        write_marked(FRAMES, made / name, fps=8)
    return made


def asked(path: Path, *, words: bool = False) -> tuple[int, str, str]:
    said = CliRunner().invoke(app, ["verify", str(path), *([] if words else ["--json"])])
    return said.exit_code, said.stdout, said.stderr


@pytest.mark.parametrize("kind", ["mp4", "gif", "png"])
@pytest.mark.parametrize("name", ["film.mp4", "film.png", "film.GIF", "film", "film.txt", "film.jpeg"])
def test_the_name_does_not_matter(kind: str, name: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes((folder / f"a.{kind}").read_bytes())
    code, told, _ = asked(tmp_path / name)
    layers = json.loads(told)["layers"]
    assert code == 0, told
    assert layers["signature"]["valid"]
    assert layers["watermark"]["found"]


REFUSED = {
    "nothing.mp4": (b"", "is empty (0 bytes)"),
    "one.mp4": (b"\0", "neither a picture nor a video"),
    "text.png": (b"Dear Sir,\nno picture.\n", "neither a picture nor a video"),
    "list.mp4": (b"ffconcat version 1.0\nfile /etc/passwd\n", "neither a picture nor a video"),
    "head.png": (b"\x89PNG\r\n\x1a\n", "is not a picture"),
    "head.mp4": (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", "cannot be read as a video"),
    "head.gif": (b"GIF89a", "is not a picture"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words(name: str, tmp_path: Path) -> None:
    content, words = REFUSED[name]
    (tmp_path / name).write_bytes(content)
    code, told, wrong = asked(tmp_path / name)
    assert (code, told) == (2, "")
    assert words in " ".join(wrong.split())
    assert "Errno" not in wrong
    assert wrong.count(name) == 1


def test_a_cut_film_of_others_is_refused_without_numbers(tmp_path: Path) -> None:
    write_video(FRAMES, tmp_path / "whole.mp4", fps=8)
    content = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 2])
    code, told, wrong = asked(tmp_path / "cut.mp4")
    assert (code, told) == (2, "")
    assert "cannot be read as a video" in wrong
    assert "Errno" not in wrong


@pytest.mark.parametrize("kind", ["JPEG", "BMP", "TIFF", "WEBP", "PNG", "MP4"])
def test_files_of_others_lack_marks_and_no_more_is_claimed(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    if kind == "MP4":
        write_video(FRAMES, tmp_path / "theirs.mp4", fps=8)
        path = tmp_path / "theirs.mp4"
    else:
        content = io.BytesIO()
        Image.fromarray(FRAMES[0]).save(content, kind)
        path.write_bytes(content.getvalue())
    code, told, wrong = asked(path)
    assert (code, wrong) == (4, "")
    assert not any(layer["found"] for layer in json.loads(told)["layers"].values())
    assert "does not say that the file is a photograph" in json.loads(told)["words"]


def test_a_folder_is_told_as_a_folder(tmp_path: Path) -> None:
    code, told, wrong = asked(tmp_path)
    assert (code, told) == (2, "")
    assert "is a folder" in wrong
    code, _, wrong = asked(tmp_path / "none.mp4")
    assert code == 2
    assert "There is no file" in wrong


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    code, told, wrong = asked(folder / "a.mp4")
    assert (code, told) == (2, "")
    assert "cannot be read: Permission denied" in wrong
    assert "Errno" not in wrong


def test_a_device_is_not_read_for_ever() -> None:
    code, _, wrong = asked(Path("/dev/zero"))
    assert code == 2
    assert "device or a pipe" in wrong or sys.platform == "win32"


def test_words_without_json(folder: Path) -> None:
    code, told, _ = asked(folder / "a.gif", words=True)
    assert code == 0
    assert told.splitlines()[-1] == "The file is marked, and intact since it was signed."


def test_a_name_that_is_no_text(folder: Path, tmp_path: Path) -> None:
    path = Path(str(tmp_path) + "/\udcff.mp4")
    path.write_bytes((folder / "a.mp4").read_bytes())
    code, told, _ = asked(path)
    assert code == 0
    assert json.loads(told)["file"].endswith("\\udcff.mp4")
