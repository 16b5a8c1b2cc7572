"""Read clips of a dataset by their number, from a folder or any URL that fsspec knows."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
from jaxtyping import UInt8

from boximator.data.dataset.index import Row, each_row, read_index, rows_of
from boximator.data.dataset.licences import OPT_OUT, OptOut, ledger_mark, read_opt_out, refused
from boximator.data.dataset.record import Record, from_json
from boximator.data.dataset.shard_files import FILM, TOLD, files_in
from boximator.data.dataset.views import Shown
from boximator.scene.problem import Problem
from boximator.video.reader import VideoReader


@dataclass(frozen=True, eq=False)
class Found:
    """A clip, and all that is kept of it beside its pixels; ``files`` holds what else lies in its shard."""

    record: Record
    shown: Shown
    files: dict[str, bytes]


class Clips:
    """The clips of a dataset that may be used, in the order of its index.

    Clips without a source and licence are refused; those on the dataset's opt-out list are left out, as if they had
    never been there.

    Args:
        url: folder or URL.
        split: "train", "heldout", or None for both.

    Raises:
        Problem: no dataset, clips that nobody allowed, or none at all.
    """

    def __init__(self, url: str, *, split: str | None = "train") -> None:
        self.url = url.rstrip("/")
        self.split = split
        self._table = read_index(self.url, boxes=False)
        self._places = self._usable()
        if not len(self._places):
            raise Problem(
                given=f"{url} has no clips{f' of the split {split}' if split else ''}",
                wanted="At least one",
                fix="See boximator data stats DATASET; annotate more video, or ask for another split",
            )

    def __len__(self) -> int:
        return len(self._places)

    def row(self, place: int) -> Row:
        """What the index says of a clip, but for its boxes."""
        return rows_of(self._table, places=[int(self._places[place])])[0]

    def files(self, place: int) -> dict[str, bytes]:
        """A clip's files by ending, as they are in the shard; one request reads them."""
        at = int(self._places[place])
        shard, offset, length = (self._table[name][at].as_py() for name in ("shard", "offset", "length"))
        return files_in(self._files.cat_file(f"{self._root}/{shard}", start=offset, end=offset + length))

    def __getitem__(self, place: int) -> Found:
        row = self.row(place)
        try:
            files = self.files(place)
            record = from_json(files.pop(TOLD))
            frames = film_of(files.pop(FILM))
        except (OSError, ValueError, KeyError) as error:
            raise Problem(
                given=f"The clip {row.clip} cannot be read from {row.shard} of {self.url} ({error})",
                wanted="The shards that belong to the index",
                fix="Run boximator data check on the dataset; copy it again, or annotate it again",
            ) from error
        shown = Shown(
            frames=frames,
            boxes=record.boxes(),
            present=record.present(),
            labels=record.labels(),
            caption=record.caption,
        )
        return Found(record=record, shown=shown, files=files)

    @cached_property
    def mark(self) -> str:
        """The checksum of sources and licences of all these clips."""
        return ledger_mark(each_row(self._table.take(self._places)))

    @cached_property
    def _files(self) -> Any:
        return fsspec.core.url_to_fs(self.url)[0]

    @cached_property
    def _root(self) -> str:
        return str(fsspec.core.url_to_fs(self.url)[1]).rstrip("/")

    def __getstate__(self) -> dict[str, Any]:
        """Worker processes open their own files."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_files", "_root")}

    def _usable(self) -> np.ndarray:
        """Which rows may be used; of clips that several slices have made, the first."""
        wrong = next(refused(each_row(self._table), opt_out=OptOut()), None)
        if wrong is not None:
            raise Problem(
                given=f"Clips of {self.url} have no source and licence, the first is {wrong[0].clip}",
                wanted="Every clip says where it is from and what allows its use",
                fix="Annotate again with --licences, or name who waives it: --exempt NAME",
            )
        _, first = np.unique(self._table["clip"].to_numpy(zero_copy_only=False), return_index=True)
        usable = np.zeros(len(self._table), bool)
        usable[first] = True
        if self.split is not None:
            usable &= self._table["split"].to_numpy(zero_copy_only=False) == self.split
        opt_out = opt_out_of(self.url)
        if opt_out.lines:
            out = {row.clip for row, _ in refused(each_row(self._table), opt_out=opt_out)}
            usable &= ~np.isin(self._table["clip"].to_numpy(zero_copy_only=False), list(out))
        return np.flatnonzero(usable)


def opt_out_of(url: str) -> OptOut:
    """The list that lies beside the index; an empty one if there is none."""
    files, root = fsspec.core.url_to_fs(url)
    path = f"{str(root).rstrip('/')}/{OPT_OUT}"
    return read_opt_out(files.cat_file(path).decode()) if files.exists(path) else OptOut()


def film_of(data: bytes) -> UInt8[np.ndarray, "frames height width 3"]:
    """The frames of an MP4's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        path.write_bytes(data)
        with VideoReader(path) as video:
            return video.read()


def checksum(data: bytes) -> str:
    """SHA-256, as it stands in the index."""
    return hashlib.sha256(data).hexdigest()
