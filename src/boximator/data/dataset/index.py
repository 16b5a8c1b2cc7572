"""The parquet index: one row for each clip, all that can be asked without opening a shard."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import numpy as np
from jaxtyping import Float32

from boximator.data.dataset.record import Record
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "index.parquet"
PATTERN = "index*.parquet"
"""Slices of one job write an index each; together they are the dataset's."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Where a clip lies (``length`` bytes from ``offset`` in ``shard``), and what is known of it.

    ``boxes`` are those of each track through all frames, one after another: objects x frames x 4 numbers.
    """

    clip: str
    shard: str
    offset: int
    length: int
    video: str
    split: str
    frames: int
    height: int
    width: int
    fps: float
    objects: int
    labels: list[str]
    boxes: list[float]
    motion: float
    caption: str
    source: str
    licence: str
    attribution: str
    exempt: str
    sha256: str

    def tracks(self) -> Float32[np.ndarray, "objects frames 4"]:
        """The boxes as an array."""
        return np.asarray(self.boxes, np.float32).reshape(self.objects, self.frames, 4)


def row_of(record: Record, *, shard: str, offset: int, length: int) -> Row:
    """The row of a clip that was written at a place."""
    own = {field.name for field in fields(Row)} & {field.name for field in fields(Record)}
    return Row(
        shard=shard,
        offset=offset,
        length=length,
        objects=len(record.tracks),
        labels=[track.label for track in record.tracks],
        boxes=[edge for track in record.tracks for box in track.boxes for edge in box],
        **{name: getattr(record, name) for name in own if name != "boxes"},
    )


def schema() -> pa.Schema:
    """Names and types of the columns."""
    import pyarrow as pa

    kinds: dict[str, Any] = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "list[str]": pa.list_(pa.string()),
        "list[float]": pa.list_(pa.float32()),
    }
    return pa.schema([(field.name, kinds[str(field.type)]) for field in fields(Row)])


def write_index(rows: Iterable[Row], path: Path, *, group: int = 4096) -> int:
    """Write rows as they come, ``group`` at a time in memory; the file appears whole. Gives their number."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    count = 0
    with appearing(path) as partial, pq.ParquetWriter(partial, schema()) as writer:
        for some in _grouped(rows, size=group):
            writer.write_table(pa.Table.from_pylist([asdict(row) for row in some], schema=schema()))
            count += len(some)
    return count


def _grouped(rows: Iterable[Row], *, size: int) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some


def index_files(url: str) -> list[str]:
    """The index files of a dataset at a path or URL: the one of all if it is there, else those of its slices.

    Raises:
        Problem: there is none.
    """
    files, root = fsspec.core.url_to_fs(url)
    try:
        found = sorted(files.glob(f"{root.rstrip('/')}/{PATTERN}"))
    except OSError:
        found = []
    if not found:
        raise Problem(
            given=f"There is no {NAME} at {url}",
            wanted="A dataset that boximator annotate has written",
            fix="Give its folder, or make it: boximator annotate VIDEOS -o DATASET",
        )
    whole = [path for path in found if path.endswith(f"/{NAME}")]
    return whole or found


def read_index(url: str, *, boxes: bool = True) -> pa.Table:
    """All rows of a dataset, as they are; ``boxes=False`` leaves their column empty, most of the index's bytes.

    Raises:
        Problem: no index there, or one that cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files, _ = fsspec.core.url_to_fs(url)
    tables: list[pa.Table] = []
    for path in index_files(url):
        try:
            wanted = [name for name in schema().names if boxes or name != "boxes"]
            tables.append(pq.read_table(io.BytesIO(files.cat_file(path)), columns=wanted).select(wanted))
        except (pa.ArrowException, KeyError, OSError) as error:
            raise Problem(
                given=f"{path} cannot be read as an index ({error})",
                wanted=f"Parquet with the columns {', '.join(schema().names)}",
                fix="Run boximator annotate on the folder again: it writes the index anew",
            ) from error
    return pa.concat_tables(tables)


def rows_of(table: pa.Table, *, places: Sequence[int] | None = None) -> list[Row]:
    """Some rows of a table, or all."""
    chosen = table if places is None else table.take(list(places))
    return list(each_row(chosen))


def each_row(table: pa.Table, *, group: int = 4096) -> Iterator[Row]:
    """All rows, a few in memory at a time."""
    for batch in table.to_batches(max_chunksize=group):
        for values in batch.to_pylist():
            told: dict[str, Any] = {"boxes": [], **values}
            yield Row(**told)
