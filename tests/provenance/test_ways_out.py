"""No generated picture leaves unmarked: whoever writes pictures by hand must be named here, with the reason."""

from __future__ import annotations

import ast
import pathlib

ROOT = pathlib.Path(__file__).parents[2]
WRITERS = {
    *("write_video", "write_gif", "write_sheet", "imwrite", "imencode", "imsave", "save_image", "savefig"),
    *("export_to_video", "export_to_gif", "add_image", "add_images", "add_video", "add_figure", "mimsave"),
}
FOLDERS = ("src/boximator", "examples", "scripts", "comfy")
NOT_GENERATED = "no picture that a model made: "
REASONS = {
    "src/boximator/annotate": NOT_GENERATED + "parts of the user's own videos",
    "src/boximator/cli/data.py": NOT_GENERATED + "clips of a data set to look at",
    "src/boximator/cli/scene.py": NOT_GENERATED + "the plan, drawn over the user's own picture",
    "src/boximator/convert.py": NOT_GENERATED + "masks and boxes for other programs",
    "src/boximator/data": NOT_GENERATED + "training data, pasted from cut-outs by rules",
    "src/boximator/training/contest/chart.py": NOT_GENERATED + "a chart",
    "src/boximator/training/contest/contest.py": "its write_sheet is the neighbour's, which marks",
    "src/boximator/world/body_stage.py": NOT_GENERATED + "textures of bodies",
    "src/boximator/world/sheet.py": NOT_GENERATED + "training data to look at, pasted from cut-outs by rules",
    "src/boximator/studio/picture_store.py": NOT_GENERATED + "the user's own pictures",
    "scripts/build_assets.py": NOT_GENERATED + "cut-outs and backdrops",
    "scripts/compare_readers.py": NOT_GENERATED + "training data, pasted from cut-outs by rules",
    "scripts/measure_executors.py": NOT_GENERATED + "rendered clips, to be annotated",
    "scripts/plan_scale.py": NOT_GENERATED + "other people's films, cut shorter, to be annotated",
    "scripts/simulate_scale.py": NOT_GENERATED + "squares and a chart",
    "scripts/load_studio.py": NOT_GENERATED + "one plain colour",
    "scripts/make_studio_media.py": NOT_GENERATED
    + "photographs of the studio's page, whose films are marked",
    "scripts/make_provenance_media.py": NOT_GENERATED + "photographs with a label and a watermark to look at",
    "scripts/measure_watermark.py": "what is measured is the watermark itself, in temporary files",
    "scripts/fetch_clips.py": NOT_GENERATED + "other people's films, cut shorter",
    "scripts/measure_annotation.py": NOT_GENERATED + "boxes on a grey ground",
    "src/boximator/provenance/watermark/embed.py": "what JPEG leaves of the mark, in memory",
    "src/boximator/provenance/marks.py": "this is what marks",
    "src/boximator/provenance/stills.py": "this is what marks",
    "src/boximator/video/writer.py": "what marked files are encoded with",
    "src/boximator/studio/rehearsal.py": NOT_GENERATED + "the plan, drawn over the user's own picture",
    "src/boximator/studio/frame_files.py": "the user's own pictures and rehearsals; what a model made is handed to "
    "it marked, as the next test sees",
}


def writes(path: pathlib.Path) -> list[str]:
    """The calls in a file that write pictures or films without marks."""
    out: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in WRITERS or (name == "save" and "PIL" in path.read_text(encoding="utf-8")):
            out.append(f"{name} in line {node.lineno}")
    return out


def test_who_writes_pictures_without_marks_has_a_reason() -> None:
    unexplained = {
        name: calls
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix())
        and not any(name == known or name.startswith(f"{known}/") for known in REASONS)
        and (calls := writes(path))
    }
    assert not unexplained, "write these by write_marked or stills, or say here why not"


def test_every_reason_is_still_needed() -> None:
    for name in REASONS:
        path = ROOT / name
        files = [path] if path.is_file() else [*path.rglob("*.py")]
        assert any(writes(file) for file in files), f"{name} writes no pictures any more"


def test_what_the_studio_shows_on_the_way_is_marked_before_it_is_a_file() -> None:
    source = (ROOT / "src/boximator/studio/generate.py").read_text(encoding="utf-8")
    calls = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("jpeg", "png")
    ]
    assert sorted(calls) == ["jpeg(glimpsed(seen[-1]))", "png(last)", "png(picture)"]
