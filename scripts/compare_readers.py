"""Kept libraries as readers of the same clips, beside ours: what they can do, and how fast.

    nice python scripts/compare_readers.py out/readers --clips 2000 > out/readers.json

Makes shards of rendered clips, installs webdataset, datasets and litdata each into a folder of its own under OUT (with
pip, beside this torch), and runs each in a process of its own. litdata reads no tars: it gets the same clips converted
into its chunks. Nothing is decoded: a sample is its bytes, names and JSON.

- resumed: read 700 clips in shuffled order, keep the state, let a new reader go on: is the rest what was left, in the
  order of a reader that was not stopped?
- workers, ranks: is the order of all clips the same with 0 and with 2 worker processes; with 2 ranks, taken in turn?
- places: can the 1234th clip be had without those before it?
- rate: samples a second in shuffled order, in one process, files in the system's cache; the median of `RUNS` passes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

WANTED = {
    "ours": ["numpy", "pyarrow", "fsspec"],
    "webdataset": ["webdataset"],
    "datasets": ["datasets"],
    "litdata": ["litdata"],
}
TORCH = ["torch==2.13.0"]
TORCHS = ("nvidia-", "cuda-", "triton")
"""What torch is made of; a library that asks for it need not have it counted."""
STOP, SEED, RUNS, BUFFER, PER_SHARD = 700, 0, 3, 500, 100


def same(one: Iterable[str], other: Iterable[str]) -> bool:
    return list(one) == list(other)


def had(ask: Callable[[], Any]) -> bool:
    """Whether there is an answer at all."""
    try:
        return bool(ask())
    except (NotImplementedError, TypeError, KeyError):
        return False


def rate(passes: Callable[[], Iterable[Any]]) -> float:
    """Samples a second."""
    found: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        count = sum(1 for _ in passes())
        found.append(count / (time.perf_counter() - began))
    return round(statistics.median(found), 1)


def in_turn(ranks: list[list[str]]) -> list[str]:
    return [key for row in zip(*ranks, strict=False) for key in row]


def ours(folder: Path) -> dict[str, Any]:
    """Clips by place, in the order of a pure function."""
    import torch
    from torch.utils.data import DataLoader

    from boximator.data.dataset.clips import Clips
    from boximator.data.dataset.order import Order

    clips = Clips(str(folder / "shards"))
    order = Order(len(clips), seed=SEED)

    class Read(torch.utils.data.Dataset[str]):
        def __init__(self, numbers: range) -> None:
            self.numbers = numbers

        def __len__(self) -> int:
            return len(self.numbers)

        def __getitem__(self, index: int) -> str:
            place = order.place(self.numbers[index])
            assert clips.files(place)
            return clips.row(place).clip

    def keys(numbers: range, *, workers: int = 0) -> list[str]:
        return list(DataLoader(Read(numbers), batch_size=None, num_workers=workers))

    whole = keys(range(len(clips)))
    return {
        "resumed": same(whole[STOP:], keys(range(STOP, len(clips)))),
        "resumed, other workers": same(whole[STOP:], keys(range(STOP, len(clips)), workers=2)),
        "workers": same(whole, keys(range(len(clips)), workers=2)),
        "ranks": same(whole, in_turn([keys(range(rank, len(clips), 2)) for rank in range(2)])),
        "places": bool(clips.files(1234)),
        "once each": sorted(whole) == sorted(set(whole)) and len(whole) == len(clips),
        "rate": rate(lambda: (clips.files(order.place(number)) for number in range(len(clips)))),
    }


def webdataset(folder: Path) -> dict[str, Any]:
    """A stream of whole shards, shuffled through a buffer."""
    from torch.utils.data import DataLoader
    from webdataset import split_by_node, split_by_worker
    from webdataset.compat import WebDataset

    urls = [str(path) for path in sorted((folder / "shards").glob("*.tar"))]

    def stream() -> Any:
        made = WebDataset(
            urls, shardshuffle=len(urls), seed=SEED, nodesplitter=split_by_node, workersplitter=split_by_worker,
            empty_check=False,
        )  # fmt: skip
        return made.shuffle(BUFFER, seed=SEED)

    def keys(*, workers: int = 0) -> list[str]:
        return [sample["__key__"] for sample in DataLoader(stream(), batch_size=None, num_workers=workers)]

    ranks: list[list[str]] = []
    whole, by_two = keys(), keys(workers=2)
    for rank in range(2):
        os.environ |= {"RANK": f"{rank}", "WORLD_SIZE": "2"}
        ranks.append(keys())
    del os.environ["RANK"], os.environ["WORLD_SIZE"]
    return {
        "resumed": None if not hasattr(stream(), "state_dict") else "has a state",
        "resumed, other workers": None,
        "workers": same(whole, by_two),
        "ranks": same(whole, in_turn(ranks)),
        "places": had(lambda: dict(stream()[1234])),
        "once each": len(set(whole)) == len(whole) and set(chain(*ranks)) == set(whole),
        "rate": rate(stream),
    }


def datasets(folder: Path) -> dict[str, Any]:
    """Streaming, its loader of such tars; shuffled through a buffer."""
    from datasets import load_dataset
    from datasets.distributed import split_dataset_by_node
    from torch.utils.data import DataLoader

    urls = [str(path) for path in sorted((folder / "shards").glob("*.tar"))]

    def plain() -> Any:
        found = load_dataset("webdataset", data_files={"train": urls}, split="train", streaming=True)
        return found.decode(False)

    def stream() -> Any:
        return plain().shuffle(seed=SEED, buffer_size=BUFFER)

    def keys(made: Any, *, workers: int | None = None) -> list[str]:
        rows = made if workers is None else DataLoader(made, batch_size=None, num_workers=workers)
        return [row["__key__"] for row in rows]

    def resumed(make: Callable[[], Any]) -> bool:
        first = make()
        for _ in islice(iter(first), STOP):
            pass
        state, again = json.loads(json.dumps(first.state_dict())), make()
        again.load_state_dict(state)
        return same(keys(make())[STOP:], keys(again))

    whole = keys(stream())
    ranks = [keys(split_dataset_by_node(stream(), rank=rank, world_size=2)) for rank in range(2)]
    return {
        "resumed": resumed(stream),
        "resumed, not shuffled": resumed(plain),
        "resumed, other workers": None,
        "workers": same(whole, keys(stream(), workers=2)),
        "ranks": same(whole, in_turn(ranks)),
        "places": had(lambda: dict(stream()[1234])),
        "once each": len(set(whole)) == len(whole) and set(chain(*ranks)) == set(whole),
        "rate": rate(stream),
    }


def litdata(folder: Path) -> dict[str, Any]:
    """Its own chunks, made of the shards."""
    import litdata as library

    chunks = folder / "chunks"
    if not (chunks / "index.json").exists():
        library.optimize(
            fn=_sample, inputs=list(_samples(folder / "shards")), output_dir=str(chunks), chunk_size=PER_SHARD,
            num_workers=1,
        )  # fmt: skip

    def loader(*, workers: int = 0) -> Any:
        made = library.StreamingDataset(str(chunks), shuffle=True, seed=SEED)
        return library.StreamingDataLoader(made, batch_size=1, num_workers=workers, collate_fn=_only)

    def keys(made: Any) -> list[str]:
        return [row["key"] for row in made]

    def resumed(*, after: int) -> bool | str:
        first = loader(workers=0)
        for _ in islice(iter(first), STOP):
            pass
        again = loader(workers=after)
        try:
            again.load_state_dict(first.state_dict())
            return same(whole[STOP:], keys(again))
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    whole = keys(loader())
    ranks = []
    for rank in range(2):
        os.environ |= {"GLOBAL_RANK": f"{rank}", "WORLD_SIZE": "2", "NNODES": "1"}
        ranks.append(keys(loader()))
    for name in ("GLOBAL_RANK", "WORLD_SIZE", "NNODES"):
        del os.environ[name]
    return {
        "resumed": resumed(after=0),
        "resumed, other workers": resumed(after=2),
        "workers": same(whole, keys(loader(workers=2))),
        "ranks": same(whole, in_turn(ranks)),
        "places": bool(library.StreamingDataset(str(chunks))[1234]),
        "once each": len(set(whole)) == len(whole) and set(chain(*ranks)) == set(whole),
        "rate": rate(loader),
    }


def _sample(sample: dict[str, Any]) -> dict[str, Any]:
    return sample


def _only(rows: list[Any]) -> Any:
    """One sample; views of a chunk's bytes cannot go from a worker to its parent."""
    return {name: bytes(value) if name != "key" else value for name, value in rows[0].items()}


def _samples(shards: Path) -> Iterator[dict[str, Any]]:
    import tarfile

    for path in sorted(shards.glob("*.tar")):
        with tarfile.open(path) as tar:
            members = [(member.name, tar.extractfile(member)) for member in tar]
            held = [(name, stream.read()) for name, stream in members if stream is not None]
        for (film, data), (_, told) in zip(held[::2], held[1::2], strict=True):
            yield {"key": film.partition(".")[0], "mp4": data, "json": told}


READERS = {"ours": ours, "webdataset": webdataset, "datasets": datasets, "litdata": litdata}


def make_shards(folder: Path, *, clips: int) -> None:
    """Clips of 16 frames of 256 x 256 with their boxes; 32 different films are rendered."""
    from boximator.data.dataset.clips import checksum
    from boximator.data.dataset.index import row_of, write_index
    from boximator.data.dataset.record import Followed, Record, to_json
    from boximator.data.dataset.shard_files import FILM, TOLD, write_tar
    from boximator.video.writer import write_video
    from boximator.world.make import make_clip

    folder.mkdir(parents=True, exist_ok=True)
    films: list[tuple[bytes, tuple[Followed, ...]]] = []
    with tempfile.TemporaryDirectory() as place:
        for seed in range(32):
            clip = make_clip(seed, split="train", size=(256, 256), frames=16, stride=8)
            path = Path(place) / "film.mp4"
            write_video(clip.frames, path, fps=4)
            things = [slot for slot in range(len(clip.labels)) if clip.present[slot]]
            tracks = [
                Followed(
                    id=slot + 1,
                    label=clip.labels[slot],
                    score=1.0,
                    boxes=[tuple(box) for box in clip.boxes[:, slot].tolist()],
                )
                for slot in things
            ]
            films.append((path.read_bytes(), tuple(tracks)))
    rows: list[Any] = []
    for begin in range(0, clips, PER_SHARD):
        records: list[Record] = []
        files: list[tuple[str, dict[str, bytes]]] = []
        for number in range(begin, min(begin + PER_SHARD, clips)):
            film, tracks = films[number % len(films)]
            records.append(
                Record(
                    clip=f"{number:016x}-00000",
                    video=f"{number:064x}",
                    start=0.0,
                    split="train",
                    frames=16,
                    height=256,
                    width=256,
                    fps=4.0,
                    caption="",
                    motion=0.1,
                    source="boximator world",
                    licence="CC0-1.0",
                    attribution="",
                    exempt="",
                    sha256=checksum(film),
                    tracks=tracks,
                )
            )
            files.append((records[-1].clip, {FILM: film, TOLD: to_json(records[-1])}))
        name = f"shard-{begin // PER_SHARD:06d}.tar"
        places = write_tar(files, folder / name)
        rows += [
            row_of(one, shard=name, offset=at.offset, length=at.length)
            for one, at in zip(records, places, strict=True)
        ]
    write_index(rows, folder / "index.parquet")


def install(name: str, folder: Path) -> dict[str, Any]:
    """What a library needs besides torch, into a folder of its own; gives versions and size."""
    held = folder / f"site-{name}"
    pip = [str(folder / "venv/bin/python"), "-m", "pip", "install", "-q"]
    if not (folder / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([*pip, *TORCH], check=True)
    plan = folder / f"plan-{name}.json"
    if not held.exists():
        asked = [*pip, "--dry-run", "--report", plan, *TORCH, *WANTED[name]]
        subprocess.run(asked, check=True)
        pinned = [f"{part['name']}=={part['version']}" for part in _planned(plan)]
        subprocess.run([*pip, "--no-deps", "--target", held, *pinned], check=True)
    size = sum(path.stat().st_size for path in held.rglob("*") if path.is_file() and path.suffix != ".pyc")
    versions = {part["name"].lower(): part["version"] for part in _planned(plan)}
    return {
        "version": versions.get(name, ""),
        "packages": len(versions),
        "installed MB": round(size / 2**20, 1),
    }


def _planned(path: Path) -> list[dict[str, str]]:
    parts = [part["metadata"] for part in json.loads(path.read_text(encoding="utf-8"))["install"]]
    return [part for part in parts if part["name"] != "torch" and not part["name"].startswith(TORCHS)]


def compared(folder: Path, *, clips: int) -> dict[str, Any]:
    """Each reader in a process of its own."""
    if not (folder / "shards/index.parquet").exists():
        make_shards(folder / "shards", clips=clips)
    found: dict[str, Any] = {}
    for name in READERS:
        say(f"{name} ...")
        told = install(name, folder)
        python = sys.executable if name == "ours" else str(folder / "venv/bin/python")
        paths = {} if name == "ours" else {"PYTHONPATH": str(folder / f"site-{name}")}
        quiet = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home"), "DO_NOT_TRACK": "1"}
        ran = subprocess.run(
            [python, __file__, folder, "--reader", name],
            env={**os.environ, **paths, **quiet},
            stdout=subprocess.PIPE,
            check=False,
            text=True,
        )
        lines = ran.stdout.strip().splitlines()
        found[name] = told | (json.loads(lines[-1]) if not ran.returncode else {"failed": ran.returncode})
    return found


def say(words: str) -> None:
    sys.stderr.write(words + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--reader", choices=READERS, help="this one, here; the others are not touched")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    folder = asked.folder.resolve()
    found = READERS[asked.reader](folder) if asked.reader else compared(folder, clips=asked.clips)
    sys.stdout.write(json.dumps(found, indent=None if asked.reader else 2) + "\n")


if __name__ == "__main__":
    main()
