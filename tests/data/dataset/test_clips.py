from __future__ import annotations

import pickle
from pathlib import Path

import fsspec
import numpy as np
import pyarrow.parquet as pq
import pytest
from films import film, moving
from orders import MINE, ran
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.data.dataset.check import flaws
from boximator.data.dataset.clips import Clips
from boximator.data.dataset.histograms import BARS, HEIGHT, WIDTH
from boximator.data.dataset.index import read_index
from boximator.scene.problem import Problem


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dataset")
    for seed in range(2):
        film(place / f"in/{seed}.mp4", moving(16, seed=seed))
    ran(place / "in", place / "out", per_shard=3)
    return place / "out"


@pytest.fixture
def copy(dataset: Path, tmp_path: Path) -> Path:
    (tmp_path / "copy").mkdir()
    for path in [*dataset.glob("*.tar"), *dataset.glob("*.parquet")]:
        (tmp_path / "copy" / path.name).write_bytes(path.read_bytes())
    return tmp_path / "copy"


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["data", *words])
    return result.exit_code, result.output


def found(folder: Path) -> list[tuple[str, bool]]:
    return [(flaw.what, flaw.counts) for flaw in flaws(str(folder), progress=lambda _done, _all: None)]


def test_a_dataset_is_read_from_any_url_and_by_worker_processes(dataset: Path) -> None:
    memory = fsspec.filesystem("memory")
    for path in [*dataset.glob("*.tar"), *dataset.glob("*.parquet")]:
        memory.pipe(f"/far/{path.name}", path.read_bytes())
    near, far = Clips(str(dataset)), Clips("memory://far")
    assert len(near) == len(far) == 4
    assert near.mark == far.mark
    sent: Clips = pickle.loads(pickle.dumps(far))
    for place in range(4):
        assert np.array_equal(near[place].shown.frames, sent[place].shown.frames)
        assert np.array_equal(near[place].shown.boxes, sent[place].shown.boxes)


def test_huggingface_readers_find_the_columns(dataset: Path) -> None:
    table = pq.read_table(dataset / "index.parquet")
    wanted = {"clip", "shard", "offset", "frames", "height", "width", "boxes", "motion", "caption", "source"}
    assert wanted | {"licence", "sha256", "split"} <= set(table.column_names)


def test_a_whole_dataset_passes_and_every_damage_is_named(dataset: Path, copy: Path) -> None:
    code, words = said("check", str(dataset))
    assert code == 0
    assert words.endswith("every clip is whole and allowed\n")
    shard = copy / "shard-000000.tar"
    data = bytearray(shard.read_bytes())
    data[data.index(b"mdat") + 20] ^= 1
    shard.write_bytes(bytes(data))
    (copy / "shard-000001.tar").unlink()
    code, words = said("check", str(copy))
    assert code == 3
    assert "its film is not the one of the index" in words
    assert "cannot be read from shard-000001.tar" in words
    assert "2 faults" in words


def test_clips_without_permission_are_refused_by_every_reader(copy: Path) -> None:
    table = read_index(str(copy))
    bare = table.set_column(table.column_names.index("licence"), "licence", [[""] * len(table)])
    pq.write_table(bare, copy / "index.parquet")
    with pytest.raises(Problem, match="no source and licence"):
        Clips(str(copy))
    assert ("no source and licence", True) in found(copy)


def test_the_mark_is_of_what_was_allowed_whatever_the_shards(dataset: Path, tmp_path: Path) -> None:
    given = dataset.parent / "in"
    ran(given, tmp_path / "one", per_shard=100)
    assert Clips(str(tmp_path / "one")).mark == Clips(str(dataset)).mark
    other = type(MINE)(default=type(MINE.default)(source="made here", licence="MIT"))
    ran(given, tmp_path / "two", licences=other)
    assert Clips(str(tmp_path / "two")).mark != Clips(str(dataset)).mark


def test_no_dataset_an_empty_one_and_a_shard_that_is_gone_are_told(copy: Path, tmp_path: Path) -> None:
    for verb in ("check", "stats", "preview"):
        code, words = said(verb, str(tmp_path / "nowhere"))
        assert code == 2
        assert "There is no index.parquet" in " ".join(words.split())
    with pytest.raises(Problem, match="has no clips of the split heldout"):
        Clips(str(copy), split="heldout")
    clips = Clips(str(copy))
    for shard in copy.glob("*.tar"):
        shard.unlink()
    with pytest.raises(Problem, match="boximator data check"):
        clips[0]


def test_stats_and_a_contact_sheet(dataset: Path, tmp_path: Path) -> None:
    from PIL import Image

    code, words = said("stats", str(dataset))
    assert code == 0
    assert "4 clips, 0.1 minutes; train 4" in words
    assert "CC0-1.0 4" in words
    assert "dog 4" in words
    assert said("stats", str(dataset), "--json")[1].startswith("{")
    assert said("stats", str(dataset), "--picture", str(tmp_path / "p/stats.png"))[0] == 0
    drawn = np.asarray(Image.open(tmp_path / "p/stats.png"))
    assert drawn.shape == (HEIGHT, 3 * WIDTH, 3)
    blue = (drawn == BARS).all(-1)
    assert all(blue[:, part * WIDTH : (part + 1) * WIDTH].sum() > 2000 for part in range(3)), "a bar in each"
    code, words = said("preview", str(dataset), "-o", str(tmp_path / "a/b.png"), "--clips", "2")
    assert code == 0
    picture = np.asarray(Image.open(tmp_path / "a/b.png"))
    assert picture.shape == (280, 5 * 164, 3)
    assert (np.abs(picture.astype(int) - [255, 255, 255]).sum(-1) > 0).mean() > 0.5
