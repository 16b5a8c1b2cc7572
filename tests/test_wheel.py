"""What goes into the wheel: all of the package with its data, and nothing else."""

from __future__ import annotations

import pathlib

from hatchling.builders.wheel import WheelBuilder

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "src/boximator"


def in_wheel() -> set[str]:
    """Paths inside the wheel, its metadata left out."""
    builder = WheelBuilder(str(ROOT))
    return {pathlib.Path(file.distribution_path).as_posix() for file in builder.recurse_included_files()}


def test_it_holds_the_package_with_its_data() -> None:
    files = in_wheel()
    data = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(PACKAGE.parent).as_posix() for path in data} <= files
    for kind in (
        "world/assets/sprites.tar",
        "world/assets/sprites.json",
        "scene/scene.schema.json",
        "py.typed",
    ):
        assert f"boximator/{kind}" in files


def test_it_holds_nothing_else() -> None:
    assert {name.split("/")[0] for name in in_wheel()} == {"boximator"}
    assert [name for name in in_wheel() if pathlib.Path(name).name.startswith("test")] == []
