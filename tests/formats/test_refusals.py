"""Whatever is wrong with a foreign file is a `Problem` in words, never another exception; hypothesis tries."""

from __future__ import annotations

import copy
import json
import pathlib
from typing import Any

import numpy as np
import pytest
from format_strategies import SIZE, plain_scenes, target
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boximator.formats.detect import detected, wanted_format
from boximator.formats.index import FORMATS, format_named
from boximator.formats.source import Read, Source
from boximator.formats.wan_move import npy
from boximator.scene.problem import Problem

READ = [name for name, one in FORMATS.items() if one.read is not None and name != "scene"]
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
VALUES = [None, -1, 0, 0.5, 17, 1e9, 2**70, True, "x", "", [], {}, [[]], float("nan"), "-5", "1e999"]

CORPUS: dict[str, tuple[str, bytes]] = {
    "half a letter": ("a.xml", b"\xc3"),
    "entities": ("a.xml", b'<!DOCTYPE a [<!ENTITY b "bb">]><annotations>&b;</annotations>'),
    "another root": ("a.xml", b"<svg/>"),
    "no tracks": ("a.xml", b"<annotations><version>1.1</version></annotations>"),
    "cut off": ("a.xml", b"<annotations><track"),
    "deep": ("a.json", b"[" * 100_000),
    "empty": ("a.json", b""),
    "null": ("a.json", b"null"),
    "kjnodes": ("a.json", b'[[{"x": 1, "y": 2}]]'),
    "coco without boxes": ("a.json", b'{"images": [], "annotations": []}'),
    "scalabel without frames": ("a.json", b'{"frames": []}'),
    "label studio without boxes": ("a.json", b'[{"annotations": [{"result": []}]}]'),
    "words": ("a.txt", b"hello, world"),
    "no words": ("a.txt", b""),
    "a list": ("a.csv", b"milk,bread,tea,rice,salt,oil"),
    "reversed": ("a.txt", b"1,1,10,10,-5,5,1,1,1"),
    "frame 0": ("a.txt", b"0,1,10,10,5,5,1,1,1"),
    "far away": ("a.txt", b"1,1,1e7,10,5,5,1,1,1"),
    "pickle": ("a.npy", npy(np.zeros(1))[:40] + b"cos\nsystem\n(S'true'\ntR."),
    "wrong shape": ("a.npy", npy(np.zeros((2, 2)))),
    "not finite": ("a.npy", npy(np.full((1, 4, 2), np.nan))),
    "no ending": ("a", b"?"),
}


def tried(path: pathlib.Path, name: str | None = None) -> Read | None:
    """What a reader makes of it, or None if it refuses in words."""
    try:
        found = detected(path) if name is None else FORMATS[name]
        found = format_named(found.name, reading=True)
        assert found.read is not None
        return found.read(Source(path=path, size=SIZE))
    except Problem:
        return None


@pytest.mark.parametrize("case", CORPUS, ids=str)
def test_the_corpus_is_refused(case: str, tmp_path: pathlib.Path) -> None:
    name, content = CORPUS[case]
    (tmp_path / name).write_bytes(content)
    assert tried(tmp_path / name) is None


@pytest.mark.parametrize("name", READ)
@many
@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything(name: str, content: bytes, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert tried(path, name) is None


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every list or object in the value, with each of its keys."""
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    inner = [value[key] for key in keys if isinstance(value[key], dict | list)]
    return [*((value, key) for key in keys), *(place for part in inner for place in places(part))]


@pytest.mark.parametrize("name", ["label-studio", "coco-vid", "tao", "scalabel"])
@many
@given(data=st.data())
def test_json_with_something_changed(name: str, data: st.DataObject, tmp_path: pathlib.Path) -> None:
    content = FORMATS[name].write(target(data.draw(plain_scenes()))).files[""]
    assert isinstance(content, bytes)
    value = json.loads(content)
    for _ in range(data.draw(st.integers(1, 3))):
        found = places(value)
        if not found:
            break
        owner, key = data.draw(st.sampled_from(found))
        if data.draw(st.booleans()):
            del owner[key]
        else:
            owner[key] = copy.deepcopy(data.draw(st.sampled_from(VALUES)))
    path = tmp_path / "file.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    tried(path)
    tried(path, name)


@pytest.mark.parametrize(("name", "file"), [("cvat", ""), ("mot", "gt/gt.txt"), ("mot", "seqinfo.ini")])
@many
@given(data=st.data())
def test_text_with_a_piece_changed(name: str, file: str, data: st.DataObject, tmp_path: pathlib.Path) -> None:
    files = FORMATS[name].write(target(data.draw(plain_scenes()))).files
    text = bytes(files[file]).decode()  # pyright: ignore[reportArgumentType]
    start = data.draw(st.integers(0, len(text)))
    piece = data.draw(st.sampled_from(["", "-", "9", "<", '"', "nan", ",", "\0", "é", "[x]", "\n"]))
    changed = text[:start] + piece + text[start + data.draw(st.integers(0, 6)) :]
    for other, content in files.items():
        path = tmp_path / (other or "file.xml")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(content) if other != file else changed.encode())  # pyright: ignore[reportArgumentType]
    tried(tmp_path if file else tmp_path / "file.xml", name)


def test_more_than_eight_objects_keep_the_longest(tmp_path: pathlib.Path) -> None:
    lines = [f"{frame},{who},10,10,20,20,1,1,1" for who in range(1, 11) for frame in range(1, who + 1)]
    (tmp_path / "gt.txt").write_text("\n".join(lines), encoding="utf-8")
    read = tried(tmp_path / "gt.txt")
    assert read is not None
    assert [len(track.keyframes) for track in read.scene.tracks] == list(range(3, 11))
    assert "Left out: no label (1), no label (2)" in read.notes[0]


def test_absence_is_said(tmp_path: pathlib.Path) -> None:
    (tmp_path / "gt.txt").write_text("1,1,0,0,9,9,1\n5,1,0,0,9,9,1\n", encoding="utf-8")
    read = tried(tmp_path / "gt.txt")
    assert read is not None
    assert "absent on frame(s) 1 to 3" in read.notes[0]


def test_text_that_is_no_list_of_boxes_is_not_asked_for_its_size(tmp_path: pathlib.Path) -> None:
    (tmp_path / "notes.txt").write_text("\n1, 2, buy milk\n", encoding="utf-8")
    with pytest.raises(Problem, match="first line is not frame, id, left, top, width, height"):
        detected(tmp_path / "notes.txt")
    (tmp_path / "gt.txt").write_text("\n1,1,0,0,9,9\n", encoding="utf-8")
    assert detected(tmp_path / "gt.txt").name == "mot"


def test_a_name_that_does_not_tell_the_format_is_asked_about() -> None:
    assert wanted_format(pathlib.Path("a.xml"), source=FORMATS["scene"]).name == "cvat"
    assert wanted_format(pathlib.Path("a.json"), source=FORMATS["cvat"]).name == "scene"
    with pytest.raises(Problem, match="--to"):
        wanted_format(pathlib.Path("a.mp4"), source=FORMATS["scene"])
