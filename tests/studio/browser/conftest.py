"""A studio on a free port, and Debian's Chromium looking at it."""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Iterator

import pytest
from editor_driver import Editor
from playwright.sync_api import Browser, sync_playwright
from studio_process import Serving, serving, tab

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
def pretending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A running studio whose jobs only pretend: steps of a quarter of a second, real files."""
    with serving(tmp_path_factory.mktemp("studio"), "--job", "boximator.studio.rehearsal:slow") as it:
        yield it


@pytest.fixture(scope="session")
def studio(pretending: Serving) -> str:
    """Its address."""
    return pretending.address


@pytest.fixture
def editor(chromium: Browser, studio: str, tmp_path: pathlib.Path) -> Iterator[Editor]:
    """A fresh tab, in which nothing may be said on the console that is an error."""
    with tab(chromium, studio, tmp_path) as driver:
        yield driver
