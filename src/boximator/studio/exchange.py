"""Other tools' files become scenes, and scenes become their files: what `boximator convert` does, for the editor.

Files lie in a folder made for one call, under names of ours; nothing a client wrote becomes part of a path.
"""

from __future__ import annotations

import io
import tempfile
import threading
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from boximator.convert import Converted, Wish, convert, formats
from boximator.formats.index import Format, format_named
from boximator.formats.source import Size
from boximator.scene.problem import Problem
from boximator.scene.retime import retimed
from boximator.scene.scene import Scene
from boximator.scene.wire import read_scene, write_scene
from boximator.studio.exchange_wire import ExportRequest
from boximator.studio.limits import Limits
from boximator.studio.upload_folder import put_down
from boximator.video.fitting import fitted
from boximator.video.picture import open_picture

MEDIA = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".mp4": "video/mp4",
    ".zip": "application/zip",
}
OTHER = "application/octet-stream"

ADVICE = {
    "--size": "Put the picture on the canvas first, or say `width` and `height`",
    "--picture": "Put the picture on the canvas first",
    "--from": "Say its format",
    "--frames": "Choose fewer frames, or a smaller size",
}
"""What to do here, where the command line would tell of an option."""

PICTURE = "own-picture"
"""What a scene's picture is called for one call."""

_ONE_BY_ONE = threading.Lock()  # a film of a thousand frames takes a gigabyte while it is written


@dataclass(frozen=True, kw_only=True)
class Given:
    """A file that came in, and what was said of it; the size is of the picture its boxes are for."""

    data: bytes
    name: str
    format: str | None = None
    size: Size | None = None
    fps: int | None = None
    tolerance: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was in it. `picture` is the first frame's file; the scene names none."""

    format: str
    scene: Scene
    picture: bytes | None
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A file to be saved."""

    name: str
    media: str
    data: bytes
    notes: tuple[str, ...]


def others() -> list[Format]:
    """The formats of other tools."""
    return [one for one in formats() if one.name != "scene"]


def ending(one: Format) -> str:
    """How the file of a format ends; a folder is sent as a ZIP file."""
    return ".zip" if one.is_folder else one.form


def take_in(given: Given, *, limits: Limits) -> Taken:
    """The scene in another tool's file.

    Raises:
        Problem: it is in no format that can be read, or something in it is wrong.
    """
    with _workplace(given.name) as folder:
        place = put_down(given.data, name=given.name, into=folder, most=limits.upload_bytes)
        wish = Wish(
            source=_source(given), target="scene", size=given.size, fps=given.fps, tolerance=given.tolerance
        )
        done = convert(place, folder / "scene.json", wish)
        scene, notes = read_scene(folder / "scene.json"), _read_notes(done)
        picture = place / "img.png" if place.is_dir() else None
        pixels = picture.read_bytes() if picture is not None and picture.is_file() else None
    if scene.frames > limits.frames:
        notes.append(f"Its {scene.frames} frames were put into {limits.frames}, the most a video has here.")
        scene = retimed(scene, frames=limits.frames)
    return Taken(
        format=done.source.name, scene=replace(scene, picture=None), picture=pixels, notes=tuple(notes)
    )


def write_out(request: ExportRequest, *, picture: bytes | None, limits: Limits) -> Exported:
    """The scene as another tool's file, or as a ZIP file of its folder.

    Raises:
        Problem: there is no such format, or it cannot hold this scene.
    """
    target = format_named(request.format, reading=False)
    if target.name == "scene":
        raise _own_scene()
    named = None if picture is None else PICTURE
    scene = replace(request.scene, picture=named, last_picture=None)
    with _ONE_BY_ONE, _workplace("The scene") as folder:
        size = _size(request, picture=picture)
        shown = None
        if picture is not None:
            shown = folder / PICTURE
            shown.write_bytes(picture)
        write_scene(scene, folder / "scene.json")
        frames = request.frames if request.frames is None else min(request.frames, limits.frames)
        wish = Wish(source="scene", target=target.name, size=size, frames=frames, picture=shown)
        out = folder / ("out-folder" if target.is_folder else f"out-file{target.form}")
        done = convert(folder / "scene.json", out, wish)
        data = _zipped(out) if out.is_dir() else out.read_bytes()
    kind = ending(target)
    return Exported(name=f"{target.name}{kind}", media=MEDIA.get(kind, OTHER), data=data, notes=done.notes)


def _source(given: Given) -> str | None:
    if given.format is not None and given.format.lower() == "scene":
        raise _own_scene()
    return given.format


def _size(request: ExportRequest, *, picture: bytes | None) -> Size | None:
    """What was asked for, else that of the video."""
    if request.width is not None and request.height is not None:
        return request.width, request.height
    if picture is None:
        return None
    height, width, _ = fitted(open_picture("picture", data=picture).pixels, scene=request.scene).shape
    return width, height


def _read_notes(done: Converted) -> list[str]:
    """The notes; a file with all boxes, which the command line would leave beside it, is not kept here."""
    dense = [path.name for path in done.files[1:]]
    told = [note for note in done.notes if not any(name in note for name in dense)]
    if dense:
        told.append("Of its boxes as few are kept as say the same; the file has them all.")
    return told


@contextmanager
def _workplace(called: str) -> Generator[Path]:
    """A folder for one call. What is wrong is told by the client's name for the file, and in this house's words."""
    with tempfile.TemporaryDirectory(prefix="boximator-") as name:
        try:
            yield Path(name)
        except Problem as problem:
            given, wanted = (
                _named(words, folder=name, called=called) for words in (problem.given, problem.wanted)
            )
            fix = next((advice for option, advice in ADVICE.items() if option in problem.fix), None)
            raise Problem(
                given=given, wanted=wanted, fix=fix or _named(problem.fix, folder=name, called=called)
            ) from problem


def _named(words: str, *, folder: str, called: str) -> str:
    for path in sorted(Path(folder).iterdir()):
        words = words.replace(str(path), called).replace(path.name, called)
    return words


def _zipped(folder: Path) -> bytes:
    """All its files, without their dates: the same scene gives the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return stream.getvalue()


def _own_scene() -> Problem:
    return Problem(
        given="This is a scene of boximator's own",
        wanted="Here the files of other tools are read and written",
        fix="Open or save it as a project",
    )
