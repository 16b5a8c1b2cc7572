"""The page that is committed: made of the sources beside it, and within the security policy."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re

import boximator.studio

ROOT = pathlib.Path(__file__).parents[2]
WEB = ROOT / "web"
STATIC = pathlib.Path(boximator.studio.__file__).with_name("static")

SOURCES = ("src", "index.html", "package-lock.json", "vite.config.ts", "tsconfig.json")
"""As in web/fingerprint.ts."""


def fingerprint() -> str:
    files = [file for name in SOURCES for file in [WEB / name, *(WEB / name).rglob("*")] if file.is_file()]
    digest = hashlib.sha256()
    for name, file in sorted((file.relative_to(WEB).as_posix(), file) for file in files):
        digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def test_the_build_is_that_of_the_sources() -> None:
    """Renew it: cd web && npm ci && npm run build"""
    built = (STATIC / "sources.sha256").read_text(encoding="utf-8").strip()
    assert built == fingerprint(), "the page is older than web/src: cd web && npm ci && npm run build"


def test_all_that_the_page_names_is_in_the_build() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(named) >= 3
    for address in named:
        assert address.startswith("./"), f"{address} is not relative to the page"
        assert (STATIC / address).is_file()


def test_the_page_needs_nothing_from_elsewhere_and_nothing_inline() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    styles = "".join(file.read_text(encoding="utf-8") for file in STATIC.rglob("*.css"))
    assert re.findall(r"url\((?!\./|\"\./|data:)[^)]*\)", styles) == []


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
