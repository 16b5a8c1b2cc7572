"""An adapter's folder: its card, a fresh process, and no pickles."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny_folders import pipeline

from boximator.bases.defaults import new_adapter
from boximator.control.adapter import BoxAdapter
from boximator.control.card import CARD, update_card
from boximator.scene.problem import Problem

FRESH = """
import sys
from boximator.control.adapter import BoxAdapter
adapter = BoxAdapter.from_pretrained(sys.argv[1])
print(adapter.config["base"], adapter.config["revision"], sum(float(p.detach().sum()) for p in adapter.parameters()))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `base` with a pipeline, and a folder `adapter` with an adapter of its own."""
    place = tmp_path_factory.mktemp("files")
    pipe = pipeline("wan21_i2v")
    pipe.save_pretrained(place / "base")
    loaded = type(pipe).from_pretrained(place / "base")
    adapter = new_adapter(loaded, generator=torch.Generator().manual_seed(0))
    adapter.register_to_config(
        facts={"training": {"steps": 7}, "data": {"ledger": "ab12"}, "limits": ["Only sheep."]}
    )
    adapter.save_pretrained(place / "adapter")
    return place


def test_the_config_says_which_base_it_is_for(folder: Path) -> None:
    config = json.loads((folder / "adapter/config.json").read_text(encoding="utf-8"))
    assert config["base"] == "base", "a folder's own name, not where it lies"
    assert config["revision"].startswith("weights-")
    assert config["address"]["model_class"] == "WanTransformer3DModel"
    assert config["address"]["blocks"][-1]["path"] == "blocks.1"
    assert str(folder) not in json.dumps(config)


def test_the_card_says_all_that_is_known(folder: Path) -> None:
    words = (folder / "adapter" / CARD).read_text(encoding="utf-8")
    for part in ("library_name: diffusers", "license: apache-2.0", "| steps | 7 |", "| ledger | ab12 |",
                 "`blocks.1`", "Not evaluated", "Only sheep.", "weights-"):  # fmt: skip
        assert part in words
    assert "base_model" not in words, "the hub knows no such base"
    assert str(folder) not in words


def test_an_evaluation_and_a_licence_come_into_the_card_later(folder: Path) -> None:
    update_card(folder / "adapter", evaluation="| AP |\n|---|\n| 0.4 |", licence="mit")
    words = (folder / "adapter" / CARD).read_text(encoding="utf-8")
    assert "| 0.4 |" in words
    assert "license: mit" in words
    assert "| steps | 7 |" in words
    assert BoxAdapter.from_pretrained(folder / "adapter").config["facts"]["licence"] == "mit"
    with pytest.raises(Problem, match="holds no box adapter"):
        update_card(folder / "base", licence="mit")


def test_a_base_of_the_hub_is_named_with_its_commit(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    place = tmp_path / "models--Some--Video" / "snapshots" / commit
    pipe = pipeline("wan21_i2v")
    pipe.save_pretrained(place)
    adapter = new_adapter(type(pipe).from_pretrained(place))
    assert (adapter.config["base"], adapter.config["revision"]) == ("Some/Video", commit)
    adapter.save_pretrained(tmp_path / "adapter")
    assert 'base_model: "Some/Video"' in (tmp_path / "adapter" / CARD).read_text(encoding="utf-8")


def test_it_loads_in_a_fresh_process(folder: Path) -> None:
    told = [sys.executable, "-c", FRESH, str(folder / "adapter")]
    said = subprocess.run(told, check=True, capture_output=True, text=True).stdout.split()
    here = BoxAdapter.from_pretrained(folder / "adapter")
    assert said[:2] == ["base", here.config["revision"]]
    assert float(said[2]) == pytest.approx(sum(float(p.detach().sum()) for p in here.parameters()), rel=1e-6)


def test_pickles_are_refused_with_words(folder: Path, tmp_path: Path) -> None:
    adapter = BoxAdapter.from_pretrained(folder / "adapter")
    with pytest.raises(Problem, match="cannot run code"):
        adapter.save_pretrained(tmp_path / "pickled", safe_serialization=False)
    adapter.save_config(tmp_path)
    torch.save(adapter.state_dict(), tmp_path / "diffusion_pytorch_model.bin")
    with pytest.raises(Problem, match=r"pickle \(diffusion_pytorch_model.bin\)"):
        BoxAdapter.from_pretrained(tmp_path)
    with pytest.raises(Problem, match="pickle"):
        BoxAdapter.from_pretrained(folder / "adapter", use_safetensors=False)


def test_a_folder_without_an_adapter_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="No adapter could be loaded"):
        BoxAdapter.from_pretrained(tmp_path)


@pytest.mark.parametrize("damage", ["no address", "broken address", "other width", "cut off"])
def test_what_is_no_adapter_is_refused_with_words(folder: Path, tmp_path: Path, damage: str) -> None:
    place = tmp_path / "adapter"
    shutil.copytree(folder / "adapter", place)
    config = json.loads((place / "config.json").read_text(encoding="utf-8"))
    if damage == "no address":
        del config["address"]
    elif damage == "broken address":
        config["address"] = {"family": "wan"}
    elif damage == "other width":
        config["token_dim"] = 7
    else:
        weights = place / "diffusion_pytorch_model.safetensors"
        weights.write_bytes(weights.read_bytes()[:5000])
    (place / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(Problem, match="A folder"):
        BoxAdapter.from_pretrained(place)
