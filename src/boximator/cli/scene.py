"""`boximator scene`: check, preview, make scene files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from jaxtyping import UInt8

from boximator.cli.box_options import ANCHOR_HELP, BOX_HELP, END_BOX_HELP, PATH_HELP, tracks_from_options
from boximator.cli.refusal import REFUSED, refuse, tell
from boximator.scene.embedded import NAME, is_embedded
from boximator.scene.problem import Fault, ManyProblems, Problem

if TYPE_CHECKING:
    from boximator.scene.scene import Scene
    from boximator.video.picture import Picture

app = typer.Typer(no_args_is_help=True, help="Scene files: what a person asks for, as JSON.")

PREVIEW_SIDE = 512
"""Pixels of the longer side of a preview."""

SceneFile = Annotated[Path, typer.Argument(metavar="FILE", help="A scene file.", show_default=False)]


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scene files.", show_default=False)],
) -> None:
    """Say in words everything that is wrong with scene files and their pictures; exit 2 if anything is.

    Example: boximator scene check examples/*.json
    """
    refused = False
    for file in files:
        try:
            scene, picture = _checked(file)
        except Problem as problem:
            refuse(problem)
            refused = True
        else:
            typer.echo(f"{file}: good, {_summary(scene, picture)}")
    if refused:
        raise typer.Exit(REFUSED)


@app.command("preview")
def preview(
    file: SceneFile,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="A .gif, .mp4 or .png (contact sheet) to write.")
    ] = Path("preview.gif"),
) -> None:
    """Draw what will be passed on to the model: hard boxes solid, soft ones dashed, dots along the way.

    Example: boximator scene preview examples/demo.json -o preview.gif
    """
    from boximator.scene.draw import preview_frames
    from boximator.scene.plan import plan
    from boximator.video.writer import write_gif, write_sheet, write_video

    scene, picture = _checked(file)
    ground = _blank(scene) if picture is None else picture.pixels
    ending = output.suffix.lower()
    if ending not in {".gif", ".mp4", ".png"}:
        raise Problem(
            given=f"The preview is to be named {output.name}",
            wanted="Its name ends in .gif, .mp4 or .png",
            fix=f"Write -o {output.stem}.gif",
        )
    frames = preview_frames(ground[None], scene, plan(scene))
    if ending == ".gif":
        write_gif(frames, output, fps=scene.fps)
    elif ending == ".mp4":
        write_video(frames, output, fps=scene.fps)
    else:
        write_sheet(frames, output)
    typer.echo(f"Preview: {output}")


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of scene files.

    Example: boximator scene schema > scene.schema.json
    """
    from boximator.scene.schema import schema_text

    typer.echo(schema_text(), nl=False)


@app.command("new")
def new(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="The first frame.", show_default=False)],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="The scene file to write.")] = Path(
        "scene.json"
    ),
    prompt: Annotated[str, typer.Option(help="What happens, in words.")] = "",
    box: Annotated[list[str] | None, typer.Option(metavar="BOX", help=BOX_HELP)] = None,
    end_box: Annotated[list[str] | None, typer.Option(metavar="BOX", help=END_BOX_HELP)] = None,
    path: Annotated[list[str] | None, typer.Option(metavar="PATH", help=PATH_HELP)] = None,
    anchor: Annotated[list[str] | None, typer.Option(metavar="BOX", help=ANCHOR_HELP)] = None,
    frames: Annotated[int, typer.Option(help="How many frames to make.")] = 16,
    fps: Annotated[int, typer.Option(help="Frames per second.")] = 8,
    seed: Annotated[int, typer.Option(help="Same seed, same video.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a scene file for a photo.

    Example: boximator scene new dog.jpg -o dog.json --prompt "a dog runs"
    --box dog:0.1,0.5,0.3,0.8 --end-box dog:0.6,0.5,0.8,0.8
    """
    from boximator.scene.scene import Scene
    from boximator.scene.wire import write_scene
    from boximator.video.picture import open_picture

    if output.exists() and not force:
        raise Problem(
            given=f"{output} is there already",
            wanted="A new file, so that nothing you made is lost",
            fix="Choose another name, or add --force",
        )
    tracks = tracks_from_options(
        box or (), end_boxes=end_box or (), paths=path or (), anchors=anchor or (), frames=frames
    )
    _tell_notes(open_picture(photo))
    scene = Scene(
        picture=_seen_from(photo, output), prompt=prompt, frames=frames, fps=fps, seed=seed, tracks=tracks
    )
    write_scene(scene, output)
    typer.echo(f"Scene: {output}")


def _checked(file: Path) -> tuple[Scene, Picture | None]:
    """A scene and its first picture at the size of a preview, both pictures having been read whole."""
    from boximator.scene.wire import read_scene
    from boximator.video.picture import scene_picture

    scene = read_scene(file)
    opened: dict[str, Picture] = {}
    faults: list[Fault] = []
    for field, name in (("picture", scene.picture), ("last_picture", scene.last_picture)):
        if name is None:
            continue
        try:
            opened[field] = scene_picture(file, name, longest=PREVIEW_SIDE)
        except Problem as problem:
            faults.append(Fault(field, problem))
        else:
            _tell_notes(opened[field])
    if faults:
        raise ManyProblems(file.name, tuple(faults))
    return scene, opened.get("picture")


def _summary(scene: Scene, picture: Picture | None) -> str:
    count = "1 track" if len(scene.tracks) == 1 else f"{len(scene.tracks)} tracks"
    name = NAME if is_embedded(scene.picture or "") else scene.picture
    ground = f"{scene.width} x {scene.height} pixels" if picture is None else name
    return f"{count}, {scene.frames} frames, {ground}"


def _blank(scene: Scene) -> UInt8[np.ndarray, "rows columns 3"]:
    """Grey of the scene's shape, for a scene without a picture."""
    assert scene.width is not None, "the reader refuses a scene with neither picture nor size"
    assert scene.height is not None, "width and height come together"
    scale = min(1.0, PREVIEW_SIDE / max(scene.width, scene.height))
    shape = (max(16, round(scene.height * scale)), max(16, round(scene.width * scale)), 3)
    return np.full(shape, 128, np.uint8)


def _seen_from(photo: Path, scene_file: Path) -> str:
    """The photo's name relative to the scene's folder, with forward slashes on every system."""
    try:
        return Path(os.path.relpath(photo, scene_file.parent)).as_posix()
    except ValueError:  # another drive
        return photo.resolve().as_posix()


def _tell_notes(picture: Picture) -> None:
    for note in picture.notes:
        tell(note)
