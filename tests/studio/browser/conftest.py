"""A studio on a free port, and Debian's Chromium looking at it."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from editor_driver import Editor
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser; its tests are left out only where there is none, and never on CI."""
    if CHROMIUM is None:
        missing = "there is no chromium here (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running studio whose jobs only pretend: steps of a quarter of a second, real files."""
    folder = tmp_path_factory.mktemp("studio")
    command = [sys.executable, "-m", "boximator.cli.app", "studio", "--port", "0", "--no-browser"]
    command += ["--data", str(folder), "--job", "boximator.studio.rehearsal:slow"]
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
        yield address
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def editor(chromium: Browser, studio: str, tmp_path: pathlib.Path) -> Iterator[Editor]:
    """A fresh tab, in which nothing may be said on the console that is an error."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800},
        locale="en-GB",
        accept_downloads=True,
        reduced_motion="reduce",
    )
    driver = Editor(context.new_page(), address=studio, folder=tmp_path)
    driver.open()
    yield driver
    context.close()
    assert driver.errors == []
