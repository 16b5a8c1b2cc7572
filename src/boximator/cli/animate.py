"""`boximator animate`: scenes, or a photograph with boxes, become videos."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boximator.cli.box_options import ANCHOR_HELP, BOX_HELP, END_BOX_HELP, PATH_HELP, tracks_from_options
from boximator.cli.refusal import tell
from boximator.cli.size import pixels
from boximator.scene.embedded import is_embedded
from boximator.scene.inside import scene_inside
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Track
from boximator.scene.wire import beside, read_scene

if TYPE_CHECKING:
    from boximator.export import Recipe, Wanted
    from boximator.generation import Engine, Settings
    from boximator.guided import GuidedEngine

PLACE_HELP = "Size, frame rate and borders as asked for by tiktok, youtube, instagram or web."
WITHOUT_HELP = (
    "Leave out marks: label, watermark, metadata, signature, with commas between. The files say so."
)

_EXAMPLES = """Examples:

boximator animate examples/demo.json -o out/demo.mp4 --preview

boximator animate pig.jpg --prompt "a pig walks" --box "pig:16%,22%,62%,81%" --end-box "pig:46%,24%,92%,83%" -o pig.mp4

boximator animate a.json b.json c.json -o out/"""


def animate(
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="Scene files, pictures the editor saved, files left beside a video, or one photograph."
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="An .mp4, or a folder for several.")] = Path(
        "out"
    ),
    prompt: Annotated[
        str | None, typer.Option(help="What happens, in words (for a photograph, or instead).")
    ] = None,
    box: Annotated[list[str] | None, typer.Option(help=BOX_HELP)] = None,
    end_box: Annotated[list[str] | None, typer.Option(help=END_BOX_HELP)] = None,
    path: Annotated[list[str] | None, typer.Option(help=PATH_HELP)] = None,
    anchor: Annotated[list[str] | None, typer.Option(help=ANCHOR_HELP)] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same video.")] = None,
    frames: Annotated[
        int | None, typer.Option(min=2, help="How many frames (16 unless the scene says).")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="WIDTHxHEIGHT of the video; the photograph's own by default.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Denoising steps.")] = None,
    guidance: Annotated[
        float | None, typer.Option(min=0, help="Guidance by text and boxes; 1 is none.")
    ] = None,
    render: Annotated[
        str, typer.Option(help='"photo" carries the pixels along, "rgb" shows the model\'s own.')
    ] = "photo",
    preview: Annotated[bool, typer.Option(help="Also write the video with the plan drawn over it.")] = False,
    gif: Annotated[bool, typer.Option(help="Also write a GIF.")] = False,
    sheet: Annotated[bool, typer.Option(help="Also write a contact sheet (PNG).")] = False,
    hold: Annotated[
        bool, typer.Option(help="Keep things to their boxes where the model's motion falls short of them.")
    ] = True,
    method: Annotated[
        str | None,
        typer.Option(
            help="boxes (the trained adapter, the default), or without training: ttm, peekaboo, freetraj, "
            "freetraj-noise, sg-i2v, trailblazer."
        ),
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="Folder of other weights.")] = None,
    place: Annotated[str | None, typer.Option("--for", help=PLACE_HELP)] = None,
    without: Annotated[str | None, typer.Option(help=WITHOUT_HELP)] = None,
    language: Annotated[str, typer.Option("--label-language", help="Of the visible label.")] = "en",
    moving: Annotated[
        bool, typer.Option("--moving-label", help="The label moves along the lower edge.")
    ] = False,
    tell_prompt: Annotated[bool, typer.Option(help="Write the prompt into the files' metadata.")] = False,
    certificate: Annotated[Path | None, typer.Option(help="Sign with this chain (PEM, leaf first).")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    videoseal: Annotated[
        Path | None, typer.Option(help="Watermark by this network of VideoSeal, not by the own pattern.")
    ] = None,
) -> None:
    from boximator.export import Wanted
    from boximator.guided import load_method
    from boximator.provenance.marks import Marks, check
    from boximator.provenance.marks import without as less
    from boximator.provenance.presets import check_place

    marks = Marks(language=language, moving=moving, prompt=tell_prompt, certificate=certificate, key=key)
    marks = less(without or "", marks=replace(marks, videoseal=videoseal))
    check(marks)
    check_place(place)
    drawn = Drawn(boxes=box or [], end_boxes=end_box or [], paths=path or [], anchors=anchor or [])
    recipes: list[Recipe] = []
    for source in sources:
        recipe = _recipe(source, drawn=drawn, frames=frames or 16)
        how = _settings(recipe.settings, steps=steps, guidance=guidance, render=render, hold=hold)
        scene = _changed(recipe.scene, prompt=prompt, seed=seed, frames=frames, size=size)
        recipes.append(replace(recipe, scene=scene, settings=how, method=method or recipe.method))
    targets = _targets(output, sources=sources)
    names = {(recipe.base, recipe.method) for recipe in recipes}
    engines = {(base, name): load_method(name, base=base, weights=weights) for base, name in names}
    targets[0].parent.mkdir(parents=True, exist_ok=True)
    wanted = Wanted(preview=preview, gif=gif, sheet=sheet, marks=marks, place=place, weights=weights)
    for source, recipe, target in zip(sources, recipes, targets, strict=True):
        engine = engines[recipe.base, recipe.method]
        _one(engine, recipe, source=source, target=target, wanted=wanted)


animate.__doc__ = f"Make the video that obeys the boxes.\n\n{_EXAMPLES}"


@dataclass(frozen=True)
class Drawn:
    """What was drawn on a photograph by options, as written."""

    boxes: list[str]
    end_boxes: list[str]
    paths: list[str]
    anchors: list[str]

    def __bool__(self) -> bool:
        return any((self.boxes, self.end_boxes, self.paths, self.anchors))

    def tracks(self, *, frames: int) -> tuple[Track, ...]:
        """The tracks they describe."""
        return tracks_from_options(
            self.boxes, end_boxes=self.end_boxes, paths=self.paths, anchors=self.anchors, frames=frames
        )


def _recipe(source: Path, *, drawn: Drawn, frames: int) -> Recipe:
    """What a scene file, one left beside a video, a picture saved with its boxes, or a photograph asks for."""
    from boximator.export import Recipe, read_recipe
    from boximator.generation import Settings

    if source.suffix.lower() == ".json":
        if drawn:
            raise Problem(
                given=f"--box, --end-box, --path or --anchor together with the scene file {source}",
                wanted="Boxes come from the scene, or from the options, not both",
                fix="Leave the options out, or give the photograph instead of the scene",
            )
        return read_recipe(source) or Recipe(scene=read_scene(source), settings=Settings(), base="pocket")
    inside = None if drawn else scene_inside(source)
    if inside is not None:
        return Recipe(scene=inside, settings=Settings(), base="pocket")
    if not drawn:
        raise Problem(
            given=f"{source} and no box",
            wanted="At least one box that says what moves",
            fix='Add --box "dog:0.1,0.5,0.3,0.8" and --end-box "dog:0.5,0.5,0.7,0.8"',
        )
    scene = Scene(picture=source.name, frames=frames, tracks=drawn.tracks(frames=frames))
    return Recipe(scene=scene, settings=Settings(), base="pocket")


def _settings(
    settings: Settings, *, steps: int | None, guidance: float | None, render: str, hold: bool
) -> Settings:
    if render not in ("photo", "rgb"):
        raise Problem(
            given=f'--render is "{render}"',
            wanted='It is "photo" or "rgb"',
            fix="Leave it out for the usual rendering",
        )
    changed = replace(
        settings, transport=settings.transport and render == "photo", hold=settings.hold and hold
    )
    changed = changed if steps is None else replace(changed, steps=steps)
    return changed if guidance is None else replace(changed, guidance=guidance)


def _changed(
    scene: Scene, *, prompt: str | None, seed: int | None, frames: int | None, size: str | None
) -> Scene:
    """The scene with what the command line says instead; keyframes move with the number of frames."""
    from boximator.generation import model_scene

    if frames is not None and frames != scene.frames:
        scene = model_scene(scene, frames=frames)
    if size is not None:
        sides = pixels(size)
        scene = replace(scene, width=sides.width, height=sides.height)
    scene = scene if prompt is None else replace(scene, prompt=prompt)
    return scene if seed is None else replace(scene, seed=seed)


def _targets(output: Path, *, sources: list[Path]) -> list[Path]:
    if output.suffix.lower() == ".mp4":
        if len(sources) > 1:
            raise Problem(
                given=f"{len(sources)} scenes for the one file {output}",
                wanted="A folder for several videos",
                fix="Write -o out/",
            )
        return [output]
    if output.suffix and not output.is_dir():
        raise Problem(
            given=f"The output is {output}",
            wanted="A file that ends in .mp4, or a folder",
            fix=f"Write -o {output.with_suffix('.mp4')}; add --gif or --sheet for those beside it",
        )
    names = [source.stem for source in sources]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise Problem(
            given=f"Several scenes are called {', '.join(sorted(repeated))}",
            wanted="One name for each video in the folder",
            fix="Rename one of the files, or animate them into different folders",
        )
    return [output / f"{name}.mp4" for name in names]


def _one(
    engine: Engine | GuidedEngine, recipe: Recipe, *, source: Path, target: Path, wanted: Wanted
) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from boximator.export import write_result
    from boximator.provenance.presets import PLACES
    from boximator.video.fitting import fitted
    from boximator.video.picture import scene_picture

    scene = recipe.scene
    if scene.picture is None:
        raise Problem(
            given=f"{source} names no picture",
            wanted="The first frame of the video",
            fix='Add "picture": "photo.jpg" to the scene, a file beside it',
        )
    original = scene_picture(source, scene.picture).pixels
    picture = fitted(original, scene=scene)
    last = None if scene.last_picture is None else scene_picture(source, scene.last_picture).pixels
    for name in _unseen(scene):
        tell(f"{name} comes in from outside, where the picture does not show it, and pocket can only paint a blur. "
             'Name a picture that shows it at last: "last_picture" in the scene file.')  # fmt: skip
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, transient=True) as bar:
        row = bar.add_task(f"{source.name}", total=None)
        result = engine.generate(
            scene, picture=picture, last_picture=last, settings=recipe.settings,
            progress=lambda done, total: bar.update(row, completed=done, total=total + 2),
        )  # fmt: skip
    moved = replace(recipe, scene=_relative(scene, source=source, target=target))
    written = write_result(result, recipe=moved, path=target, wanted=wanted)
    height, width = result.frames.shape[1:3]
    shrunk = (
        ""
        if picture.shape == original.shape
        else f" (the picture is {original.shape[1]}x{original.shape[0]})"
    )
    typer.echo(f"{target}: {len(result.frames)} frames of {width}x{height}{shrunk}, {result.seconds:.1f} s")
    for other in written[1:]:
        typer.echo(f"  {other}")
    if wanted.place is not None:
        typer.echo(f"  {wanted.place}: {PLACES[wanted.place].label}")


def _unseen(scene: Scene) -> list[str]:
    """What is to come in and no picture shows."""
    if scene.last_picture is not None:
        return []
    first = [(track, track.keyframes[0].box.is_outside) for track in scene.tracks]
    return [
        track.label or f"Track {track.id}"
        for track, outside in first
        if outside and not all(key.box.is_outside for key in track.keyframes)
    ]


def _relative(scene: Scene, *, source: Path, target: Path) -> Scene:
    """The scene as seen from the folder of the video: pictures keep being found from the file beside it."""
    import os

    def seen(name: str | None) -> str | None:
        if name is None or is_embedded(name):
            return name
        return Path(os.path.relpath(beside(source, name).resolve(), target.parent.resolve())).as_posix()

    return replace(scene, picture=seen(scene.picture), last_picture=seen(scene.last_picture))
