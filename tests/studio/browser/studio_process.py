"""A studio as a process of its own, and tabs of a browser that look at it."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass

from editor_driver import Editor
from playwright.sync_api import Browser


@dataclass(frozen=True)
class Serving:
    """A studio that runs as a process of its own."""

    address: str
    process: int

    def workers(self) -> list[int]:
        """The processes that run jobs, by what only they have on their command line."""
        threads = pathlib.Path(f"/proc/{self.process}/task").glob("*/children")
        children = [child for thread in threads for child in thread.read_text().split()]
        return [
            int(child)
            for child in children
            if b"spawn_main" in pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
        ]


@contextlib.contextmanager
def serving(folder: pathlib.Path, *options: str) -> Generator[Serving]:
    """`boximator studio` on a free port until the block ends."""
    command = [sys.executable, "-m", "boximator.cli.app", "studio", "--port", "0", "--no-browser"]
    command += ["--data", str(folder), *options]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        address: str | None = None
        for line in process.stdout:
            found = re.search(r"http://[\d.]+:\d+", line)
            if found is not None:
                address = found[0]
                break
        assert address is not None, "the studio did not say where it is"
        yield Serving(address, process.pid)
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def tab(chromium: Browser, address: str, folder: pathlib.Path, *, touch: bool = False) -> Generator[Editor]:
    """A browser profile of its own, with one page."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        accept_downloads=True,
        reduced_motion="reduce",
        has_touch=touch,
    )
    driver = Editor(context.new_page(), address=address, folder=folder)
    driver.open()
    yield driver
    context.close()
    assert driver.errors == []
