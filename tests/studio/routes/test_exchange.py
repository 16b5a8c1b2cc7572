"""Other tools' files through the service: the code of `boximator convert`, and no name of the client's in a path."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from studio_stand_ins import Client, png, scene

from boximator.convert import Wish, convert
from boximator.formats.index import FORMATS
from boximator.scene.wire import scene_from_text, write_scene

OTHERS = [one for one in FORMATS.values() if one.name != "scene"]


def export(
    studio: Client,
    name: str,
    *,
    picture: str | None = None,
    given: dict[str, Any] | None = None,
    **fields: Any,
) -> Any:
    body = {"scene": given or scene(picture or studio.upload()), "format": name} | fields
    return studio.http.post("/api/v1/exports", json=body)


def give(studio: Client, data: bytes, *, name: str, **fields: Any) -> Any:
    return studio.http.post("/api/v1/imports", files={"file": (name, data)}, data=fields)


def packed(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def boxes(told: dict[str, Any]) -> list[list[float]]:
    return [key["box"] for key in told["tracks"][0]["keyframes"]]


def test_the_list_is_that_of_the_command_line(studio: Client) -> None:
    listed = studio.http.get("/api/v1/formats").json()
    assert [one["name"] for one in listed] == [one.name for one in OTHERS]
    assert {one["name"] for one in listed if one["reads"]} == {one.name for one in OTHERS if one.read}


@pytest.mark.parametrize("name", [one.name for one in OTHERS])
def test_every_format_is_written_as_the_command_line_writes_it(
    studio: Client, tmp_path: Path, name: str
) -> None:
    answer = export(studio, name)
    assert answer.status_code == 200, answer.text
    notes = json.loads(unquote(answer.headers["Boximator-Notes"]))
    assert notes
    told = scene_from_text(json.dumps(scene("p.png")))
    write_scene(told, tmp_path / "scene.json")
    (tmp_path / "p.png").write_bytes(png())
    out = tmp_path / f"out{'' if FORMATS[name].is_folder else FORMATS[name].form}"
    wish = Wish(source="scene", target=name, size=(64, 48), picture=tmp_path / "p.png")
    done = convert(tmp_path / "scene.json", out, wish)
    assert list(done.notes) == notes
    if FORMATS[name].is_folder:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            sent = {entry: archive.read(entry) for entry in archive.namelist()}
        assert sent.keys() == {path.relative_to(out).as_posix() for path in done.files}
    else:
        assert answer.content == out.read_bytes()


@pytest.mark.parametrize("name", ["cvat", "label-studio", "mot", "coco-vid", "tao", "scalabel", "sg-i2v"])
def test_what_was_written_is_read_again(studio: Client, name: str) -> None:
    answer = export(studio, name)
    kind = answer.headers["content-disposition"].split('"')[1]
    taken = give(studio, answer.content, name=kind, width="64", height="48")
    assert taken.status_code == 201, taken.text
    told = taken.json()
    assert told["format"] == name
    assert np.allclose(boxes(told["scene"])[0], [0.1, 0.2, 0.4, 0.6], atol=0.02)
    assert np.allclose(boxes(told["scene"])[-1], [0.5, 0.2, 0.8, 0.6], atol=0.02)
    assert (told["picture"] is not None) == (name == "sg-i2v")
    assert told["scene"]["picture"] == (told["picture"] and told["picture"]["id"])
    assert ".dense.json" not in " ".join(told["notes"])


def test_a_folder_in_a_folder_and_strangers_in_the_zip(studio: Client, tmp_path: Path) -> None:
    line = b"1,1,10,10,20,20,1,1,1\n3,1,14,10,20,20,1,1,1\n"
    data = packed(**{"a/b/gt/gt.txt": line, "../../evil.txt": b"x", "a/b/notes.md": b"y"})
    before = {path.name for path in tmp_path.parent.rglob("evil.txt")}
    told = give(studio, data, name="mine.zip", width="100", height="100")
    assert told.status_code == 201, told.text
    assert told.json()["format"] == "mot"
    assert {path.name for path in tmp_path.parent.rglob("evil.txt")} == before


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"not xml", "clip.xml", "clip.xml"),
        (b"{}", "clip.json", "clip.json"),
        (b"PK\x03\x04nonsense", "clip.zip", "clip.zip is a damaged"),
        (packed(**{"readme.txt": b"hello"}), "clip.zip", "no file of a known format"),
        (b"1,1,10,10,20,20,1,1,1\n", "gt.txt", "does not say how large"),
        (json.dumps({"version": 1, "picture": "/etc/hostname", "tracks": []}).encode(), "s.json", "own"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(studio: Client, data: bytes, name: str, words: str) -> None:
    answer = give(studio, data, name=name)
    assert answer.status_code == 422, answer.text
    message = answer.json()["message"]
    assert words in message
    assert "--" not in message
    assert "/tmp" not in message
    assert "given-file" not in message


def test_our_own_scene_is_not_read_here_under_any_name(studio: Client) -> None:
    data = json.dumps({"version": 1, "picture": "/etc/hostname", "tracks": []}).encode()
    answer = give(studio, data, name="s.txt", format="scene")
    assert answer.status_code == 422
    assert "own" in answer.json()["message"]


def test_long_takes_come_in_as_long_as_a_video_may_be(studio: Client) -> None:
    lines = "".join(f"{frame},1,{frame / 20},10,20,20,1,1,1\n" for frame in range(1, 501)).encode()
    told = give(studio, lines, name="gt.txt", width="100", height="100").json()
    assert told["scene"]["frames"] == studio.studio.limits.frames
    assert any("500 frames" in note for note in told["notes"])


def test_exports_are_refused_in_words(studio: Client) -> None:
    for name, given in (("nonsense", None), ("scene", None), ("cvat", scene("a" * 22))):
        answer = export(studio, name, given=given)
        assert answer.status_code == 422, (name, answer.text)
    without = scene("x") | {"picture": None, "width": 64, "height": 48}
    assert "canvas" in export(studio, "ttm", given=without).json()["message"]
    assert export(studio, "cvat", given=without).status_code == 200


def test_an_export_has_the_size_of_the_video(studio: Client) -> None:
    picture = studio.upload(png((2048, 1024)))
    answer = export(studio, "cvat", picture=picture)
    assert "<width>1024</width>" in answer.text
    own = export(studio, "cvat", picture=picture, width=832, height=480, frames=20).text
    assert "<width>832</width>" in own
    assert "<size>20</size>" in own


def test_reading_leaves_nothing_behind(
    studio: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    give(studio, b"not xml", name="clip.xml")
    export(studio, "mot")
    assert list(place.iterdir()) == []
