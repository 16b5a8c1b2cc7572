"""Whatever a scene file holds, `scene check` says it in words, with exit code 2, and leaves nothing behind."""

from __future__ import annotations

import json
import pathlib
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_strategies import scenes
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.scene.wire import read_scene, scene_to_text

CORPUS = pathlib.Path(__file__).parents[1] / "scene/corpus"
PHOTO = (CORPUS / "photo.png").read_bytes()
BROKEN = sorted(CORPUS.glob("*.json"))

TRIED: Counter[str] = Counter()

many = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["version", "picture", "frames", "tracks", "id", "keyframes", "frame", "box", "path", "points", "x"]
ENDS = ["NaN", "Infinity", '"', "{", "}", "[", "]", ",", "\\u", "1e999", "-", "\0", "é"]


def check(path: pathlib.Path, *, kind: str) -> bool:
    """Runs both commands that read scenes; True if the file was good. The folder stays as it was."""
    TRIED[kind] += 1
    before = {entry: entry.stat().st_size for entry in path.parent.iterdir()}
    result = CliRunner().invoke(app, ["scene", "check", str(path)])
    if result.exit_code == 0:
        assert "good" in result.output
        return True
    assert_refused(result)
    preview = CliRunner().invoke(app, ["scene", "preview", str(path), "-o", str(path.parent / "out.gif")])
    assert_refused(preview)
    assert {entry: entry.stat().st_size for entry in path.parent.iterdir()} == before, "something was written"
    return False


def assert_refused(result: Any) -> None:
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit), "it got out as a traceback"
    assert "Problem: " in result.output
    assert "Traceback" not in result.output
    assert "pydantic" not in result.output
    assert len(result.output) > 40


def scene_file(folder: pathlib.Path, content: bytes) -> pathlib.Path:
    (folder / "photo.png").write_bytes(PHOTO)
    path = folder / "scene.json"
    path.write_bytes(content)
    return path


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good scene with one to three things in it changed."""
    value = json.loads(scene_to_text(draw(scenes(most_tracks=2))))
    value["picture"] = "photo.png"
    for _ in range(draw(st.integers(1, 3))):
        mutate(draw, value)
    return json.dumps(value).encode()


def mutate(draw: st.DrawFn, value: Any) -> None:
    """One change, in place: something is removed, replaced, renamed, doubled or moved out of range."""
    owners = list(containers(value))
    owner = draw(st.sampled_from(owners))
    keys: list[Any] = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
    key = draw(st.sampled_from(keys)) if keys else None
    change = draw(st.sampled_from(["remove", "replace", "rename", "double", "number"]))
    if key is None or change == "rename":
        if isinstance(owner, dict):
            owner[draw(st.sampled_from(FIELDS))] = draw(JSON)
        else:
            owner.append(draw(JSON))
    elif change == "remove":
        del owner[key]
    elif change == "replace":
        owner[key] = draw(JSON)
    elif change == "double" and isinstance(owner, list):
        owner.extend([owner[key]] * draw(st.integers(1, 9)))
    else:
        owner[key] = draw(st.sampled_from([-1, 0, 0.5, 17, 1e6, -3.99, 2**60, True, "0"]))


def containers(value: Any) -> list[Any]:
    """The value and every list and object in it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value] if isinstance(value, dict | list) else []
    return [*own, *(found for part in inner for found in containers(part))]


@st.composite
def scratched(draw: st.DrawFn) -> bytes:
    """A good scene's text with a piece cut out or put in."""
    text = scene_to_text(draw(scenes(most_tracks=1)))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 20)))
    piece = draw(st.sampled_from(ENDS) | st.text(max_size=4))
    return (text[:start] + piece + text[end:]).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_broken_file_of_the_corpus_is_refused(path: pathlib.Path) -> None:
    assert not check(path, kind="from the corpus")


def test_the_corpus_is_there() -> None:
    assert len(BROKEN) >= 60


@many
@given(mutated())
def test_mutated_scenes(tmp_path: pathlib.Path, content: bytes) -> None:
    path = scene_file(tmp_path, content)
    if check(path, kind="mutated"):
        assert scene_to_text(read_scene(path))


@many
@given(scratched())
def test_scratched_scenes(tmp_path: pathlib.Path, content: bytes) -> None:
    check(scene_file(tmp_path, content), kind="scratched")


@many
@given(JSON)
def test_any_json(tmp_path: pathlib.Path, value: object) -> None:
    assert not check(scene_file(tmp_path, json.dumps(value).encode()), kind="random JSON")


@many
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path: pathlib.Path, content: bytes) -> None:
    assert not check(scene_file(tmp_path, content), kind="random bytes")


def test_how_many_inputs_were_tried_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Runs last, as it stands last."""
    if not TRIED:
        pytest.skip("the tests that try inputs did not run")
    with capsys.disabled():
        counts = ", ".join(f"{count} {kind}" for kind, count in TRIED.items())
        print(f"\nscene files tried by fuzzing: {TRIED.total()} ({counts})")  # noqa: T201
