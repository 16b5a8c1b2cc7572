"""An uploaded file put down under a name of ours: as it is, or the files of a ZIP that a format knows by name."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from boximator.formats.detect import detected
from boximator.scene.problem import Problem
from boximator.studio.limits import MEGABYTE

ENDINGS = frozenset({".xml", ".json", ".txt", ".csv", ".npy"})
"""Which a file may keep of its name: formats are told apart by them."""

KNOWN = ("traj.npy", "img.png", "seqinfo.ini", "gt/gt.txt", "gt/labels.txt", "det/det.txt", "gt.txt")
"""The files of the folders that can be read. Nothing else is taken out of a ZIP file."""

MOST_ENTRIES = 10_000


def put_down(data: bytes, *, name: str, into: Path, most: int) -> Path:
    """The file, or the folder that was in a ZIP file, with at most so many bytes.

    Raises:
        Problem: a damaged ZIP file, one that grows too large or holds no file of a known format; a scene of our own,
            which may name pictures on this machine.
    """
    if data.startswith(b"PK\x03\x04"):
        folder = into / "given-folder"
        _unpack(data, name=name, into=folder, most=most)
        return folder
    ending = Path(name).suffix.lower()
    path = into / f"given-file{ending if ending in ENDINGS else ''}"
    path.write_bytes(data)
    if ending == ".json" and detected(path).name == "scene":
        raise Problem(
            given=f"{name} is a scene of boximator's own",
            wanted="Here the files of other tools are read",
            fix="Open it as a project",
        )
    return path


def _unpack(data: bytes, *, name: str, into: Path, most: int) -> None:
    wanted = "A ZIP file of the folder as the other tool exports it"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            chosen = _chosen(archive)
            size = sum(archive.getinfo(entry).file_size for entry in chosen.values())
            if size > most:
                raise Problem(
                    given=f"{name} holds {size / MEGABYTE:.0f} MB",
                    wanted=f"At most {most // MEGABYTE} MB",
                    fix="Export one shot of it",
                )
            for target, entry in chosen.items():
                path = into / target
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as stream:
                    path.write_bytes(stream.read(most))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise Problem(
            given=f"{name} is a damaged or locked ZIP file", wanted=wanted, fix="Pack it again"
        ) from error
    if not chosen:
        raise Problem(
            given=f"{name} holds no file of a known format",
            wanted=f"{wanted}: with gt/gt.txt, or with traj.npy",
            fix="Pack the folder itself, or choose the file of boxes alone",
        )


def _chosen(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which entry becomes which known file: the one that lies least deep."""
    names = archive.namelist()[:MOST_ENTRIES]
    names.sort(key=lambda entry: entry.count("/"))
    found: dict[str, str] = {}
    for known in KNOWN:
        entry = next((one for one in names if one == known or one.endswith(f"/{known}")), None)
        if entry is not None:
            found[known] = entry
    if "gt/gt.txt" in found and found.get("gt.txt") == found["gt/gt.txt"]:
        del found["gt.txt"]
    return found
