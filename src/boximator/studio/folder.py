"""The studio's folder: where everything lies, and that only one studio uses it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem


class Folder:
    """Files are named by ids the studio drew itself; nothing a client wrote becomes part of a path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pictures = root / "pictures"
        self.jobs = root / "jobs"
        self._lock: IO[str] | None = None
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.pictures, self.jobs):
                folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Problem(
                given=f"The folder {root} cannot be used: {error.strerror}",
                wanted="A folder that can be written to",
                fix="Give another one: --data FOLDER",
            ) from error

    def lock(self) -> None:
        """Keep other studios out until this process ends or `unlock` is called."""
        file = (self.root / "studio.lock").open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise Problem(
                given=f"Another studio uses {self.root}",
                wanted="One studio for each folder",
                fix="Use its window, stop it, or give this one another folder: --data FOLDER",
            ) from error
        self._lock = file

    def unlock(self) -> None:
        """Let another studio in."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def write(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Put these files into a new folder that appears whole or not at all, in place of an older one."""
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
        try:
            for name, data in files.items():
                path = temporary / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            self.remove(folder)
            temporary.replace(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def write_file(self, path: Path, data: bytes) -> None:
        """Put one file there, whole or not at all."""
        path.parent.mkdir(exist_ok=True)
        with appearing(path) as temporary:
            temporary.write_bytes(data)

    def remove(self, folder: Path) -> None:
        """Remove a folder with all that is in it, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)

    def sweep(self) -> None:
        """Remove what a studio that was killed had not finished writing."""
        for folder in (self.pictures, self.jobs):
            for rest in folder.glob(".new-*"):
                shutil.rmtree(rest, ignore_errors=True)


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
