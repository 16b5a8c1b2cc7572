"""One file or folder of one format -> another: the path that `boximator convert` takes, on one screen."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.formats.detect import detected, wanted_format
from boximator.formats.features import losses
from boximator.formats.index import FORMATS, Format, format_named
from boximator.formats.simplify import simplified
from boximator.formats.source import Read, Size, Source
from boximator.formats.target import ITSELF, Content, Film, Still, Target
from boximator.scene.atomic import appearing
from boximator.scene.embedded import is_embedded
from boximator.scene.problem import Problem
from boximator.scene.retime import retimed
from boximator.scene.scene import Scene
from boximator.scene.wire import scene_to_text
from boximator.video.picture import open_picture, scene_picture
from boximator.video.writer import write_video

Pixels = UInt8[np.ndarray, "rows columns 3"]

MOST_FILM = 2**30
"""Bytes of one film's frames in memory."""

CRISP = 8
"""x264's crf for films that a model reads: lines stay lines."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person adds to the two names.

    Attributes:
        source, target: names of formats; None finds out.
        size: width and height in pixels: of the picture, where the source does not say, and of what is written.
        fps: frames per second, where the source does not say.
        frames: how many frames what is written has; None leaves them.
        picture: the first frame, where the source has none.
        prompt: what happens, where the source does not say.
        tolerance: pixels by which the few boxes that are kept of many may be off; 0 keeps all.
        force: replace what is there.
    """

    source: str | None = None
    target: str | None = None
    size: Size | None = None
    fps: int | None = None
    frames: int | None = None
    picture: Path | None = None
    prompt: str | None = None
    tolerance: float = 1.0
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class Converted:
    """What was done: from and to which format, which files there are now, and what a person should know."""

    source: Format
    target: Format
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def convert(given: Path, out: Path, wish: Wish) -> Converted:
    """Reads `given`, writes `out`.

    Raises:
        Problem: anything wrong with the file, the wish, or the place; nothing is written then.
    """
    source = detected(given) if wish.source is None else format_named(wish.source, reading=True)
    source = format_named(source.name, reading=True)
    target = (
        wanted_format(out, source=source) if wish.target is None else format_named(wish.target, reading=False)
    )
    _check_free(given, out, (source, target), wish)
    read = _read(source, given, wish)
    scene = _as_wished(read.scene, wish)
    picture, ground = _picture(read, given, wish)
    size = wish.size or _own_size(scene) or _size_of(ground)
    if size is None:
        raise Problem(
            given="Nobody says how large the picture is",
            wanted="A size in pixels, for the format that is written",
            fix="Add --size WIDTHxHEIGHT, or --picture with the first frame",
        )
    _check_memory(target, size, scene.frames)
    scene = _seen_from(out, scene, picture, ground) if target.name == "scene" else scene
    notes = list(read.notes)
    dense: Scene | None = None
    if read.dense and target.keyframed and wish.tolerance > 0:
        dense, scene = scene, simplified(scene, size=size, tolerance=wish.tolerance)
    files = _written(
        target, Target(scene=scene, size=size, ground=_resized(ground, size), name=given.stem), notes
    )
    paths = _save(files, out)
    if dense is not None and dense != scene:
        paths.append(_keep_dense(dense, scene, out, notes))
    return Converted(source=source, target=target, files=tuple(paths), notes=tuple(notes))


def _check_free(given: Path, out: Path, ways: tuple[Format, Format], wish: Wish) -> None:
    """Nothing of the person's is written over, unless asked for; and never what is read."""
    source, target = ways
    if target.is_folder and out.exists() and not out.is_dir():
        raise Problem(
            given=f"{out} is a file", wanted=f"{target.title} is a folder", fix="Name a folder instead"
        )
    if out.exists() and given.exists() and out.samefile(given):
        raise Problem(given="IN and OUT are the same", wanted="Two places", fix="Choose another name for OUT")
    empty = target.is_folder and out.is_dir() and not any(out.iterdir())
    places = [out, _dense_place(out)] if target.keyframed and not source.keyframed else [out]
    taken = next((place for place in places if place.exists() and not empty), None)
    if taken is not None and not wish.force:
        raise Problem(
            given=f"{taken} is there already",
            wanted="A new place, so that nothing you made is lost",
            fix="Choose another name, or add --force",
        )


def _dense_place(out: Path) -> Path:
    """Where the boxes of every frame go, beside the few that are kept."""
    return out.with_name(f"{out.stem}.dense.json")


def _read(source: Format, given: Path, wish: Wish) -> Read:
    """The scene as the format's reader finds it; its picture tells the size where a person did not."""
    assert source.read is not None, "formats that cannot be read are refused before"
    size = wish.size
    beside = given / "img.png" if given.is_dir() else given.parent / "img.png"
    picture = wish.picture or (beside if source.name == "sg-i2v" and beside.is_file() else None)
    if picture is not None:
        size = _size_of(open_picture(picture).pixels) if size is None else size
    return source.read(Source(path=given, size=size, fps=wish.fps))


def _as_wished(scene: Scene, wish: Wish) -> Scene:
    scene = scene if wish.prompt is None else replace(scene, prompt=wish.prompt)
    scene = scene if wish.fps is None else replace(scene, fps=wish.fps)
    return scene if wish.frames is None else retimed(scene, frames=wish.frames)


def _picture(read: Read, given: Path, wish: Wish) -> tuple[str | Path | None, Pixels | None]:
    """Where the first picture is (or itself, embedded), and its pixels."""
    named = read.scene.picture
    if wish.picture is not None:
        return wish.picture, open_picture(wish.picture).pixels
    if named is not None and is_embedded(named):
        return named, scene_picture(given, named).pixels
    if read.picture is None:
        return None, None
    # Formats of boxes alone can do without the picture, if somebody says how large it is.
    if not read.picture.exists() and (wish.size or _own_size(read.scene)):
        return read.picture, None
    return read.picture, open_picture(read.picture).pixels


def _own_size(scene: Scene) -> Size | None:
    return None if scene.width is None or scene.height is None else (scene.width, scene.height)


def _size_of(pixels: Pixels | None) -> Size | None:
    return None if pixels is None else (pixels.shape[1], pixels.shape[0])


def _check_memory(target: Format, size: Size, frames: int) -> None:
    if (target.form == ".mp4" or target.name == "ttm") and 3 * size[0] * size[1] * frames > MOST_FILM:
        raise Problem(
            given=f"A film of {frames} frames of {size[0]} x {size[1]} pixels was asked for",
            wanted=f"At most {MOST_FILM // 2**20} MB of frames",
            fix="Add --size 832x480 or --frames 81, say: these models make no more",
        )


def _seen_from(out: Path, scene: Scene, picture: str | Path | None, ground: Pixels | None) -> Scene:
    """A scene file names its picture relative to itself, and its size only if that is another one."""
    if picture is None:
        return scene
    name = picture if isinstance(picture, str) else Path(os.path.relpath(picture, out.parent)).as_posix()
    same = _own_size(scene) == _size_of(ground)
    return replace(
        scene, picture=name, width=None if same else scene.width, height=None if same else scene.height
    )


def _resized(ground: Pixels | None, size: Size) -> Pixels | None:
    if ground is None or _size_of(ground) == size:
        return ground
    return np.asarray(Image.fromarray(ground).resize(size, Image.Resampling.LANCZOS))


def _written(target: Format, job: Target, notes: list[str]) -> dict[str, Content]:
    """The files in memory; adds what is lost to the notes."""
    written = target.write(job)
    notes += [*losses(job.scene, target.keeps), *written.notes]
    return dict(written.files)


def _save(files: dict[str, Content], out: Path) -> list[Path]:
    """Every file, each whole or not at all."""
    paths = [out / name if name != ITSELF else out for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        _make_folder(path.parent, made_for=out)
        if isinstance(content, Film):
            write_video(content.frames, path, fps=content.fps, crf=CRISP)
            continue
        with appearing(path) as temporary:
            if isinstance(content, Still):
                Image.fromarray(content.pixels).save(temporary, format="PNG")
            else:
                temporary.write_bytes(content)
    return paths


def _make_folder(folder: Path, *, made_for: Path) -> None:
    """Folders of the format are made; the one the result goes to must be there."""
    if folder == made_for or made_for in folder.parents:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Problem(
                given=f"The folder {folder} cannot be made: {error.strerror}",
                wanted="A place that can be written to",
                fix="Choose another one",
            ) from error


def _keep_dense(dense: Scene, thin: Scene, out: Path, notes: list[str]) -> Path:
    """The boxes of every frame, in a scene file beside the result."""
    path = _dense_place(out)
    with appearing(path) as temporary:
        temporary.write_text(scene_to_text(dense), encoding="utf-8", newline="\n")
    counts = [sum(len(track.keyframes) for track in scene.tracks) for scene in (dense, thin)]
    notes.append(f"{counts[1]} of {counts[0]} boxes are kept; all of them are in {path.name}.")
    return path


def formats() -> tuple[Format, ...]:
    """Every format, for lists."""
    return tuple(FORMATS.values())
