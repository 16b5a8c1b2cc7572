from __future__ import annotations

import json
from pathlib import Path

import pytest

from boximator.provenance.ledger import LOG_VARIABLE, of_recipe, record_generation
from boximator.scene.box import Box
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

SCENE = Scene(
    prompt="a secret dog",
    tracks=(Track(id=1, label="Rex", keyframes=(Keyframe(frame=0, box=Box(0, 0, 1, 1)),)),),
)


def test_the_log_has_a_line_for_each_generation_and_no_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.jsonl"
    monkeypatch.setenv(LOG_VARIABLE, str(log))
    about = of_recipe(SCENE, base="pocket", method="boxes", steps=8, scene_file=tmp_path / "s.json")
    for digest in ("aa", "bb"):
        record_generation(about, digest=digest)
    text = log.read_text(encoding="utf-8")
    assert [json.loads(line)["file_sha256"] for line in text.splitlines()] == ["aa", "bb"]
    assert "secret" not in text
    assert "Rex" not in text


def test_without_the_variable_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LOG_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    about = of_recipe(SCENE, base="other", method="boxes", steps=None, scene_file=tmp_path / "s.json")
    record_generation(about, digest="aa")
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_written_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOG_VARIABLE, str(tmp_path / "none/log"))
    about = of_recipe(SCENE, base="other", method="boxes", steps=None, scene_file=tmp_path / "s.json")
    with pytest.raises(Problem, match="audit log"):
        record_generation(about, digest="aa")


def test_of_a_folder_only_the_name_is_told(tmp_path: Path) -> None:
    base = tmp_path / "my-base"
    base.mkdir()
    (base / "adapter.safetensors").write_bytes(b"weights")
    about = of_recipe(
        SCENE, base=str(base), method="boxes", steps=1, scene_file=tmp_path / "s.json", adapter=base
    )
    assert about.base == "my-base"
    assert set(about.hashes) == {"adapter_sha256"}
    assert str(tmp_path) not in json.dumps(about.told())
