"""The direction of the imports, and the size of files and functions."""

from __future__ import annotations

import ast
import pathlib
import warnings
from collections.abc import Iterator

import pytest

PACKAGE = pathlib.Path(__file__).parents[1] / "src/boximator"
FILES = sorted(PACKAGE.rglob("*.py"))

FLOORS = {
    "scene": 0,
    "formats": 1,
    "control": 1,
    "guidance": 1,
    "world": 1,
    "video": 1,
    "pocket": 1,
    "cluster": 1,
    "bases": 2,
    "data": 2,
    "provenance": 2,
    "annotate": 3,
    "generation": 3,
    "export": 3,
    "guided": 3,
    "convert": 3,
    "training": 4,
    "evaluation": 4,
    "studio": 5,
    "cli": 6,
    "__main__": 7,
}
"""Folders, and files that stand in the package itself (they share a floor as one folder's files do)."""

LONG_FILE, LONGEST_FILE = 300, 330
LONGEST_FUNCTION = 60

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Every module a file imports, inside functions too. `from a import b` may mean a.b: both are given."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: -(node.level - 1) or None] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)


def owner(module: str) -> str | None:
    """The folder (or file in the package itself) a module of ours belongs to."""
    parts = module.split(".")
    known = len(parts) > 1 and parts[0] == "boximator"
    return (
        parts[1] if known and (PACKAGE / parts[1]).is_dir() | (PACKAGE / f"{parts[1]}.py").is_file() else None
    )


def wrong_imports(path: pathlib.PurePath, source: str) -> list[str]:
    """One line for each import of `path` (inside the package) that goes up, or sideways to another folder."""
    here = path.parts[0].removesuffix(".py")
    if here == "__init__":
        return []
    if here not in FLOORS:
        return [f"{path}: give {here} a floor in tests/test_floors.py"]
    package = ".".join(["boximator", *path.parts[:-1]])
    found: list[str] = []
    for target in sorted({name for name in map(owner, imported(ast.parse(source), package)) if name}):
        same_level = here == target or (path.parent.name == "" and not (PACKAGE / target).is_dir())
        if FLOORS[target] > FLOORS[here] or (FLOORS[target] == FLOORS[here] and not same_level):
            found.append(f"{path} (floor {FLOORS[here]}) imports {target} (floor {FLOORS[target]})")
    return found


@each_file
def test_imports_go_down(path: pathlib.Path) -> None:
    assert wrong_imports(path.relative_to(PACKAGE), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "culprit"),
    [
        ("import boximator.training.loop", "training (floor 4)"),
        ("from boximator.training import loop", "training (floor 4)"),
        ("def f():\n    from boximator import cli", "cli (floor 6)"),
        ("from ..training.loop import train", "training (floor 4)"),
        ("from boximator.control.tokens import BoxTokens", "control (floor 1)"),
    ],
)
def test_a_wrong_import_is_named(source: str, culprit: str) -> None:
    assert wrong_imports(pathlib.PurePath("world/clip.py"), source) == [
        f"world/clip.py (floor 1) imports {culprit}"
    ]


@pytest.mark.parametrize("source", ["import numpy", "from boximator.scene import Box", "from . import sheet"])
def test_a_right_import_is_let_through(source: str) -> None:
    assert wrong_imports(pathlib.PurePath("world/clip.py"), source) == []


@each_file
def test_files_are_short(path: pathlib.Path) -> None:
    length = len(path.read_text(encoding="utf-8").splitlines())
    if length > LONG_FILE:
        warnings.warn(f"{path.relative_to(PACKAGE)} has {length} lines: split it soon", stacklevel=1)
    assert length <= LONGEST_FILE, "split it by its nouns"


@each_file
def test_functions_are_short(path: pathlib.Path) -> None:
    long = [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_length(node)) > LONGEST_FUNCTION
    ]
    assert long == []


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what it does: its docstring and signature, which may be a table of options, are left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
