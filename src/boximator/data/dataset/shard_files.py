"""Clips in tar shards: `{clip}.mp4` and `{clip}.json`, clip after clip, as webdataset reads them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from boximator.scene.atomic import appearing

FILM, TOLD = "mp4", "json"

END = bytes(1024)
"""What closes a tar: two empty blocks."""


@dataclass(frozen=True)
class Place:
    """Where a clip's files lie in a tar, headers included."""

    clip: str
    offset: int
    length: int


def write_tar(clips: Iterable[tuple[str, Mapping[str, bytes]]], path: Path) -> list[Place]:
    """Write clips (name, and contents by ending) as they come; the tar appears whole. Same clips, same bytes."""
    places: list[Place] = []
    with appearing(path) as partial, tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as tar:
        for clip, files in clips:
            begin = tar.offset
            for ending, data in files.items():
                member = tarfile.TarInfo(f"{clip}.{ending}")
                member.size, member.mode = len(data), 0o644
                tar.addfile(member, io.BytesIO(data))
            places.append(Place(clip=clip, offset=begin, length=tar.offset - begin))
    return places


def files_in(data: bytes) -> dict[str, bytes]:
    """The files of one clip, by ending, from the bytes of its place.

    Raises:
        ValueError: those are not the bytes of a clip.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            return {
                member.name.partition(".")[2]: stream.read()
                for member in tar
                if (stream := tar.extractfile(member)) is not None
            }
    except tarfile.TarError as error:
        raise ValueError(f"no tar members at this place: {error}") from error
