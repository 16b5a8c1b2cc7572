"""Uploaded pictures: read once whole, kept as they came, and as something quick to show."""

from __future__ import annotations

import io
import json
import secrets
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from boximator.scene.problem import Problem
from boximator.studio import wire
from boximator.studio.folder import Folder
from boximator.studio.limits import MEGABYTE, Limits
from boximator.studio.refusals import missing, too_large
from boximator.studio.tables import PictureRow
from boximator.studio.uploads import called, first_frame, picture_header, video_ending
from boximator.video.picture import Picture, open_picture

SHOWN = 2048
"""Pixels of the longer side of what is shown."""

LEAST_BOX = 0.01
"""Of the frame: what is taken out is as wide and high at least."""


class PictureStore:
    """Pictures by unguessable ids."""

    def __init__(self, database: Engine, *, folder: Folder, limits: Limits) -> None:
        self._database = database
        self._folder = folder
        self._limits = limits
        self._one_by_one = threading.Lock()  # a hundred megapixels take gigabytes while they are read

    def add(self, data: bytes, *, name: str) -> wire.Picture:
        """Keep an uploaded file.

        Raises:
            Problem: it is too large, damaged, or neither picture nor video.
        """
        self.check_size(data)
        spoken = called(name)
        with self._one_by_one:
            original, picture = self._read(data, spoken=spoken)
            height, width = picture.pixels.shape[:2]
            files = {"original": original, "shown.webp": _shown(picture)}
        row = PictureRow(
            id=secrets.token_urlsafe(16),
            name=spoken,
            width=width,
            height=height,
            notes=json.dumps(list(picture.notes)),
            created=time.time(),
        )
        self._folder.write(self._folder.pictures / row.id, files)
        with Session(self._database, expire_on_commit=False) as session, session.begin():
            session.add(row)
        return _wire(row)

    def clear(self, picture: str, *, box: Sequence[float]) -> wire.Picture:
        """Keep another picture, without the thing in a box (see `boximator.pocket.entering.cleared`).

        Raises:
            Problem: there is no such picture, or the box shows next to nothing of it.
        """
        from boximator.pocket.entering import cleared

        x0, y0, x1, y1 = (min(max(edge, 0.0), 1.0) for edge in box)
        if min(x1 - x0, y1 - y0) < LEAST_BOX:
            raise Problem(
                given="The box shows next to nothing of the picture",
                wanted=f"A box that is at least {LEAST_BOX:.0%} of it wide and high",
                fix="Draw it round the thing that is to come in",
            )
        with self._one_by_one:
            photo = open_picture(self.get(picture).name, data=self.original(picture)).pixels
            data = _png(cleared(photo, box=np.array([x0, y0, x1, y1])))
        return self.add(data, name=self.get(picture).name)

    def has(self, picture: str) -> bool:
        """Whether there is such a picture."""
        with Session(self._database) as session:
            return session.get(PictureRow, picture) is not None

    def get(self, picture: str) -> wire.Picture:
        """What is known of it; a Problem (404) if there is none."""
        with Session(self._database) as session:
            row = session.get(PictureRow, picture)
            if row is None:
                raise _no_picture()
            return _wire(row)

    def image(self, picture: str) -> Path:
        """The file to show."""
        self.get(picture)
        return self._folder.pictures / picture / "shown.webp"

    def original(self, picture: str) -> bytes:
        """The file as it was uploaded."""
        self.get(picture)
        return (self._folder.pictures / picture / "original").read_bytes()

    def check_size(self, data: bytes) -> None:
        """Refuse what has too many bytes, or by its header too many pixels.

        Raises:
            Problem: that.
        """
        if len(data) > self._limits.upload_bytes:
            raise too_large(f"The file is larger than {self._limits.upload_bytes // MEGABYTE} MB")
        self._check_pixels(*picture_header(data)[1])

    def _read(self, data: bytes, *, spoken: str) -> tuple[bytes, Picture]:
        """The bytes to keep and their picture."""
        if video_ending(data) is None:
            return data, open_picture(spoken, data=data)
        picture = first_frame(data, called=spoken)
        self._check_pixels(picture.pixels.shape[1], picture.pixels.shape[0])
        return _png(picture.pixels), picture

    def _check_pixels(self, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            raise too_large(f"The picture is {width} x {height} pixels")


def _png(pixels: UInt8[np.ndarray, "height width 3"]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG", compress_level=3)
    return stream.getvalue()


def _shown(picture: Picture) -> bytes:
    image = Image.fromarray(picture.pixels)
    image.thumbnail((SHOWN, SHOWN), Image.Resampling.LANCZOS, reducing_gap=3.0)
    stream = io.BytesIO()
    image.save(stream, format="WEBP", quality=92, method=2)
    return stream.getvalue()


def _wire(row: PictureRow) -> wire.Picture:
    return wire.Picture(
        id=row.id,
        name=row.name,
        width=row.width,
        height=row.height,
        notes=json.loads(row.notes),
        image=f"/api/v1/pictures/{row.id}/image",
    )


def _no_picture() -> Problem:
    return missing(
        "There is no picture of this id",
        wanted="An id that POST /api/v1/pictures answered with",
        fix="Upload the picture again",
    )
