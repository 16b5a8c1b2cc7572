"""World clips as WebDataset-style tar shards: each appears whole or not at all, and a stopped run goes on.

    DIR/sprites-train-000000.tar     {key}.mp4 (or {key}.00.png...), {key}.masks.png, {key}.json; clip after clip
    DIR/sprites-train.json           what was asked for, and a row for each finished shard

Same order, same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from boximator.data.sample import Kind, Sample, make_sample
from boximator.data.sample_files import Encoding, from_files, to_files
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem
from boximator.world.clip import Split

Progress = Callable[[int, int], None]
LICENCES: dict[Kind, list[str]] = {"sprites": ["MIT", "CC0-1.0", "public domain"], "bodies": []}
"""Of what the clips are made of (the ledgers in world/assets say it picture by picture); bodies are computed."""


@dataclass(frozen=True)
class Order:
    """Which clips, and how they are written: those of the seeds from ``seed`` on, ``per_shard`` to a file."""

    kind: Kind = "sprites"
    split: Split = "train"
    seed: int = 0
    clips: int = 1000
    per_shard: int = 100
    height: int = 128
    width: int = 128
    frames: int = 16
    fps: int = 8
    encoding: Encoding = "mp4"

    @property
    def name(self) -> str:
        """Of the set: what its files' names begin with."""
        return f"{self.kind}-{self.split}"

    @property
    def shards(self) -> list[range]:
        """The seeds of each shard."""
        stops = range(self.seed, self.seed + self.clips, self.per_shard)
        return [range(start, min(start + self.per_shard, self.seed + self.clips)) for start in stops]

    def make(self, seed: int) -> Sample:
        """The sample of a seed."""
        return make_sample(
            self.kind, seed, split=self.split, size=(self.height, self.width), frames=self.frames
        )


@dataclass(frozen=True)
class ShardRow:
    """A finished shard."""

    file: str
    clips: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Ledger:
    """What stands beside the shards. ``first`` is a digest of the first clip, so that what another version of
    the world makes is not put beside it."""

    order: Order
    first: str
    licences: list[str]
    shards: list[ShardRow]


def write_shards(order: Order, *, folder: Path, progress: Progress | None = None) -> list[Path]:
    """Write what is not there yet; a longer order goes on where a shorter one ended. Returns all its shards.

    Raises:
        Problem: the folder holds a set of this name that was ordered otherwise, or made by another version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f".{order.name}-*"):  # by a run that was killed
        left.unlink()
    ledger = _ledger(order, folder=folder)
    paths = [folder / f"{order.name}-{index:06d}.tar" for index in range(len(order.shards))]
    before = 0
    for index, (path, seeds) in enumerate(zip(paths, order.shards, strict=True)):
        if not _finished(ledger, index=index, path=path, clips=len(seeds)):
            row = _write_shard(order, path=path, seeds=seeds, done=_counted(progress, before, order.clips))
            rows = [*ledger.shards[:index], row, *ledger.shards[index + 1 :]]
            ledger = replace(ledger, shards=rows)
            _write_ledger(ledger, folder=folder)
        before += len(seeds)
        _counted(progress, before, order.clips)(0)
    return paths


def _counted(progress: Progress | None, before: int, clips: int) -> Callable[[int], None]:
    return lambda done: None if progress is None else progress(before + done, clips)


def _finished(ledger: Ledger, *, index: int, path: Path, clips: int) -> bool:
    row = ledger.shards[index] if index < len(ledger.shards) else None
    return row is not None and row.clips >= clips and path.is_file() and path.stat().st_size == row.bytes


def _write_shard(order: Order, *, path: Path, seeds: range, done: Callable[[int], None]) -> ShardRow:
    with appearing(path) as partial:
        with tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as tar:
            for count, seed in enumerate(seeds):
                done(count)
                sample = order.make(seed)
                for ending, data in to_files(sample, fps=order.fps, encoding=order.encoding).items():
                    member = tarfile.TarInfo(f"{sample.key}.{ending}")
                    member.size, member.mode = len(data), 0o644
                    tar.addfile(member, io.BytesIO(data))
        digest = hashlib.sha256(partial.read_bytes()).hexdigest()
        size = partial.stat().st_size
    return ShardRow(file=path.name, clips=len(seeds), bytes=size, sha256=digest)


def _ledger(order: Order, *, folder: Path) -> Ledger:
    """The one that is there, if it is of this order; else a new one."""
    sample = order.make(order.seed)
    first = hashlib.sha256(
        sample.frames.tobytes() + sample.boxes.tobytes() + sample.caption.encode()
    ).hexdigest()
    path = folder / f"{order.name}.json"
    if not path.exists():
        return Ledger(order=order, first=first, licences=LICENCES[order.kind], shards=[])
    try:
        found = TypeAdapter(Ledger).validate_json(path.read_bytes())
    except ValidationError as error:
        raise Problem(
            given=f"{path} is there already, and is not what is left beside shards",
            wanted="A folder for the shards",
            fix="Give another folder",
        ) from error
    differing = {
        name: value
        for name, value in asdict(found.order).items()
        if name != "clips" and value != getattr(order, name)
    }
    if differing or found.first != first:
        held = ", ".join(f"{name} {value}" for name, value in differing.items())
        raise Problem(
            given=f"{folder} holds {order.name} shards of {held or 'another version of boximator'}",
            wanted="One set of one kind and split is made in one way",
            fix="Give another folder, or the options that were given before",
        )
    return replace(found, order=replace(order, clips=max(order.clips, found.order.clips)))


def _write_ledger(ledger: Ledger, *, folder: Path) -> None:
    with appearing(folder / f"{ledger.order.name}.json") as partial:
        partial.write_text(json.dumps(asdict(ledger), indent=2) + "\n", encoding="utf-8")


def read_shards(folder: Path) -> Iterator[Sample]:
    """All samples of a folder, shard by shard in the order of their names."""
    for path in sorted(folder.glob("*.tar")):
        yield from read_shard(path)


def read_shard(path: Path) -> Iterator[Sample]:
    """The samples of one shard.

    Raises:
        Problem: no such file, or one that is no shard, or damaged.
    """
    try:
        with tarfile.open(path) as tar:
            for files in _grouped(tar):
                yield from_files(files)
    except (KeyError, ValueError, OSError, tarfile.TarError) as error:
        raise Problem(
            given=f"{path} cannot be read as a shard ({error})",
            wanted="A tar that boximator world wrote",
            fix="Remove it and run the same boximator world again: it makes what is missing",
        ) from error


def _grouped(tar: tarfile.TarFile) -> Iterator[dict[str, bytes]]:
    """The files of each key; those of one key follow one another."""
    key, files = "", dict[str, bytes]()
    for member in tar:
        name, _, ending = Path(member.name).name.partition(".")
        stream = tar.extractfile(member)
        if stream is None:
            continue
        if name != key and files:
            yield files
            files = {}
        key = name
        files[ending] = stream.read()
    if files:
        yield files
