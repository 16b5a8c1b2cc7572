"""Files appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import pathlib
import secrets
from collections.abc import Generator

from boximator.scene.problem import Problem


@contextlib.contextmanager
def appearing(path: pathlib.Path) -> Generator[pathlib.Path]:
    """A temporary file beside `path` to write to; it takes the name `path` when the block ends well.

    If the block raises (Ctrl-C included), the temporary file is removed and what stood at `path` stays.

    Raises:
        Problem: the folder does not exist or cannot be written to, or `path` is a folder.
    """
    path = pathlib.Path(path)
    if path.is_dir():
        raise Problem(
            given=f"{path} is a folder", wanted="The result is written to a file", fix="Add a file name"
        )
    # Named before it is made, so that Ctrl-C at any moment finds it.
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(6)}{path.suffix}")
    try:
        _made(temporary)
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise Problem(
            given=f"Writing {path} failed: {error.strerror or error}",
            wanted="The result must fit on the disk and its name must be allowed there",
            fix="Free some space, or choose another place",
        ) from error
    finally:
        with contextlib.suppress(OSError):  # where it could not be made, it cannot be removed either
            temporary.unlink()


def _made(temporary: pathlib.Path) -> None:
    """An empty file that only its owner may read, as long as it is not whole."""
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Problem(
            given=f"Nothing can be written to {temporary.parent}: {error.strerror}",
            wanted="The result is written into an existing folder",
            fix="Make the folder, or choose another place",
        ) from error


def _umask() -> int:
    """The permissions new files do not get; reading them means setting them for a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
