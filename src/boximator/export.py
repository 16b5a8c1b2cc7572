"""A result as files: the video, what reproduces it, and pictures to look at."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

import boximator
from boximator.generation import Result, Settings
from boximator.provenance.about import About
from boximator.provenance.ledger import of_recipe, record_generation
from boximator.provenance.marks import Marks, Written, write_marked
from boximator.provenance.presets import published
from boximator.scene.atomic import appearing
from boximator.scene.draw import preview_frames
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.wire import scene_from_text, scene_to_text


@dataclass(frozen=True)
class Recipe:
    """What a result was made from: enough to make it again, byte for byte."""

    scene: Scene
    settings: Settings
    base: str
    method: str = "boxes"


@dataclass(frozen=True)
class Wanted:
    """Which files to write beside the video."""

    preview: bool = False
    gif: bool = False
    sheet: bool = False
    marks: Marks = field(default_factory=Marks)
    place: str | None = None
    """Where it is to be published, see `boximator.provenance.presets`; None: as it was made."""
    weights: Path | None = None
    """The folder of other weights that made it."""


def write_result(result: Result, *, recipe: Recipe, path: Path, wanted: Wanted) -> list[Path]:
    """Write the video and the files asked for; each appears whole or not at all. Returns what was written.

    Raises:
        Problem: the JSON beside the video would replace a file that is no such JSON (the scene itself, say).
    """
    written = [path, path.with_suffix(".json")]
    _spare(written[1])
    fps, marks = recipe.scene.fps, wanted.marks
    about = about_recipe(recipe, beside=written[1], weights=wanted.weights)
    film = published(result.frames, fps=fps, place=wanted.place)
    told = replace(about, boxes=film.boxes(about.boxes), published=film.told()) if film.place else about
    said = write_marked(film.frames, path, fps=film.fps, about=told, marks=marks)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with appearing(written[1]) as partial:
        partial.write_text(_sidecar(recipe, video=path.name, digest=digest, said=said), encoding="utf-8")
    record_generation(said.about, digest=digest)
    shown = result.frames
    if wanted.preview and result.plan is not None:
        shown = preview_frames(result.frames, recipe.scene, result.plan)
        written.append(path.with_name(f"{path.stem}-boxes.mp4"))
        write_marked(shown, written[-1], fps=fps, about=about, marks=marks)
    if wanted.gif:
        written.append(path.with_suffix(".gif"))
        write_marked(shown, written[-1], fps=fps, about=about, marks=marks)
    if wanted.sheet:
        written.append(path.with_name(f"{path.stem}-sheet.png"))
        write_marked(shown, written[-1], fps=fps, about=about, marks=marks)
    return written


def about_recipe(recipe: Recipe, *, beside: Path, weights: Path | None = None) -> About:
    """What a recipe's files say about themselves; pictures are found as seen from the file ``beside`` the video."""
    return of_recipe(
        recipe.scene,
        base=recipe.base,
        method=recipe.method,
        steps=recipe.settings.steps,
        scene_file=beside,
        weights=weights,
    )


def write_film(
    result: Result,
    path: str | Path,
    *,
    scene: Scene,
    marks: Marks | None = None,
    base: str = "pocket",
    method: str = "boxes",
) -> None:
    """Write the frames of a result as a marked MP4 or GIF, or as a marked PNG contact sheet.

    ``base`` and ``method`` are what made it, as the file will say.

    Raises:
        Problem: another ending, or a place that cannot be written to.
    """
    about = of_recipe(scene, base=base, method=method, steps=None, scene_file=Path(path))
    write_marked(result.frames, path, fps=scene.fps, about=about, marks=marks)


def _spare(path: Path) -> None:
    """Refuse to write a recipe over anything but a recipe."""
    if path.exists() and _recipe_content(path) is None:
        raise Problem(
            given=f"{path} is there already, and is not a file that was left beside a video",
            wanted="What reproduces the video is written under that name",
            fix="Give the video another name, or write it into another folder",
        )


def _sidecar(recipe: Recipe, *, video: str, digest: str, said: Written) -> str:
    content = {
        "made_with": f"boximator {boximator.__version__}",
        "video": video,
        "sha256": digest,
        "sha256_before_signature": said.unsigned_sha256,
        "base": recipe.base,
        "method": recipe.method,
        "settings": asdict(recipe.settings),
        "marks": said.about.marks | {"number": f"{said.about.number():016x}"},
        "scene": json.loads(scene_to_text(recipe.scene)),
    }
    if said.about.published:
        content["published"] = {**said.about.published, "boxes": list(said.about.boxes)}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_recipe(path: Path) -> Recipe | None:
    """The recipe of a file that `write_result` left beside a video; None for any other file."""
    content = _recipe_content(path)
    if content is None:
        return None
    try:
        settings = TypeAdapter(Settings).validate_python(content["settings"])
        scene = scene_from_text(json.dumps(content["scene"]), source=str(path))
    except (KeyError, ValidationError) as error:
        raise Problem(
            given=f"{path} says it was left beside a video, but its settings or scene are not those of one",
            wanted='The fields "base", "settings" and "scene", as boximator animate wrote them',
            fix="Use the untouched file, or a scene file",
        ) from error
    base, method = (
        str(content.get(name, usual)) for name, usual in (("base", "pocket"), ("method", "boxes"))
    )
    return Recipe(scene=scene, settings=settings, base=base, method=method)


def _recipe_content(path: Path) -> dict[str, object] | None:
    """What stands in a file that was left beside a video; None for any other file."""
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "made_with" in content else None
