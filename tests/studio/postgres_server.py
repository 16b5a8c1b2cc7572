"""A PostgreSQL server of the test's own, from whatever package brought one: it listens at a socket in a folder only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

OWNER = "postgres"
"""The server refuses to run as root; then it runs as this user, which its package made."""


def server_programs() -> Path | None:
    """The folder with initdb and postgres; None where there is no server."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextlib.contextmanager
def postgres_server(programs: Path) -> Generator[str]:
    """The address (a URL of its database `postgres`) of a server that lives as long as this block."""
    user = OWNER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    as_user = user if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        data, socket = folder / "data", folder / "s"
        for path in (data, socket):
            path.mkdir(mode=0o700)
            shutil.chown(path, user)
        subprocess.run(
            [programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            check=True, capture_output=True, cwd="/", user=as_user,
        )  # fmt: skip
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", f"unix_socket_directories={socket}"]
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", user=as_user,
        )  # fmt: skip
        try:
            assert server.stderr is not None
            assert any("ready to accept connections" in line for line in server.stderr), "it does not start"
            yield f"postgresql://{user}@/postgres?host={socket}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.communicate()
