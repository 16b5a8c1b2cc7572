"""What the documents show works: links lead somewhere, scenes can be read, names can be imported."""

from __future__ import annotations

import ast
import importlib
import pathlib
import re

import pytest

from boximator.scene.wire import scene_from_text

ROOT = pathlib.Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md"))]

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def blocks(document: pathlib.Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@each_document
def test_links_lead_to_files(document: pathlib.Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


@each_document
def test_python_that_is_shown_compiles_and_imports_names_there_are(document: pathlib.Path) -> None:
    for code in blocks(document, "python"):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom):
                module = importlib.import_module(node.module or "")
                assert [name.name for name in node.names if not hasattr(module, name.name)] == []


def test_scenes_in_the_control_format_can_be_read() -> None:
    shown = blocks(ROOT / "docs/control-format.md", "json")
    assert len(shown) >= 2
    for text in shown:
        assert scene_from_text(text).tracks


def test_the_readme_shows_eight_lines_of_python() -> None:
    first = blocks(ROOT / "README.md", "python")[0]
    assert len([line for line in first.splitlines() if line.strip()]) == 8
