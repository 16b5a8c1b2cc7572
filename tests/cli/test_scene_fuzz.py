"""Whatever is wrong in a scene file, `scene check` says it in words, exits with 2, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import io
import json
import pathlib
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_strategies import scenes
from typer.main import get_command

from boximator.cli.app import app
from boximator.scene.wire import read_scene, scene_to_text

CORPUS = pathlib.Path(__file__).parents[1] / "scene/corpus"
PHOTO = (CORPUS / "photo.png").read_bytes()
BROKEN = sorted(CORPUS.glob("*.json"))

TRIED: Counter[str] = Counter()

many = settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ["version", "picture", "frames", "tracks", "id", "keyframes", "frame", "box", "path", "points", "x"]
SHAPED = st.fixed_dictionaries(
    {"version": st.just(1)},
    optional=dict.fromkeys(("picture", "prompt", "frames", "tracks", "seed"), JSON),
)
ENDS = ["NaN", "Infinity", '"', "{", "}", "[", "]", ",", "\\u", "1e999", "-", "\0", "é"]


COMMAND = get_command(app)
"""Built once: that takes longer than reading a scene."""


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and all output of a command; whatever it raises is raised."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            COMMAND.main(args=list(arguments), prog_name="boximator")
        except SystemExit as end:
            return int(end.code or 0), output.getvalue()
    raise AssertionError("a command ends in SystemExit")


def check(path: pathlib.Path, *, kind: str) -> bool:
    """Runs the check; True if the file was good. The folder stays as it was."""
    TRIED[kind] += 1
    before = sizes(path.parent)
    code, output = run("scene", "check", str(path))
    assert sizes(path.parent) == before, "something was written"
    if code == 0:
        assert "good" in output
        return True
    assert_refused(code, output)
    return False


def sizes(folder: pathlib.Path) -> dict[pathlib.Path, int]:
    return {entry: entry.stat().st_size for entry in folder.iterdir()}


def assert_refused(code: int, output: str) -> None:
    assert code == 2
    assert output.startswith("Problem: ")
    assert len(output) > 40
    for word in ("Traceback", "pydantic", "dataclass", "tuple"):
        assert word not in output


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


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_no_preview_of_it_is_written(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert_refused(*run("scene", "preview", str(path), "-o", str(tmp_path / "preview.gif")))
    assert list(tmp_path.iterdir()) == []


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
@given(JSON | SHAPED)
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
