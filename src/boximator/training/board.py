"""The numbers and pictures of a run for TensorBoard, where that is installed."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


class Board(AbstractContextManager["Board"]):
    """Writes event files to ``tensorboard`` in a run's folder; without that package it writes nothing.

    What an earlier, killed process wrote for ``start`` and later steps is hidden by the new files.
    """

    def __init__(self, folder: Path, *, start: int) -> None:
        self._writer = _writer(folder / "tensorboard", start=start)

    def add(self, numbers: Mapping[str, float], *, step: int) -> None:
        """Write the numbers of one step; they are on the disk when this returns."""
        if self._writer is None:
            return
        for name, value in numbers.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def show(self, picture: Path, *, step: int) -> None:
        """Write a picture file as the preview of a step: its very bytes, for they hold metadata and a signature."""
        if self._writer is None:
            return
        from tensorboard.compat.proto.summary_pb2 import (
            Summary,  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
        )

        with Image.open(picture) as opened:
            width, height = opened.size
        image = Summary.Image(
            height=height, width=width, colorspace=3, encoded_image_string=picture.read_bytes()
        )
        summary = Summary(value=[Summary.Value(tag="preview", image=image)])
        file: Any = self._writer.file_writer
        file.add_summary(summary, step)  # add_image would encode it anew
        self._writer.flush()

    def __exit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()


def _writer(folder: Path, *, start: int) -> SummaryWriter | None:
    if importlib.util.find_spec("tensorboard") is None:
        return None
    from torch.utils.tensorboard import SummaryWriter

    _make_older(folder)
    return SummaryWriter(str(folder), purge_step=start)


def _make_older(folder: Path) -> None:
    """Give every file there an earlier second in its name than a new one will get, in their order.

    TensorBoard reads files by name: second, machine, process, count. Of two of one second it may read the newer first.
    """
    limit = int(time.time())
    for file in sorted(folder.glob("events.out.tfevents.*"), reverse=True):
        second, *rest = file.name.split(".")[3:]
        limit = min(int(second), limit - 1)
        file.rename(folder / ".".join(["events.out.tfevents", f"{limit:010d}", *rest]))
