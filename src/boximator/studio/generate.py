"""The job function of the studio: a scene goes through `boximator.generation`, its result becomes files."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from boximator.evaluation.seen import seen_tracks
from boximator.export import Recipe, Wanted, about_recipe, write_result
from boximator.generation import Engine, Result, Settings, load_engine
from boximator.provenance.stills import glimpsed, stills
from boximator.scene.embedded import NAME, embedded
from boximator.scene.scene import Scene
from boximator.scene.wire import scene_from_text
from boximator.studio.engine import JobFunction, Output, Task, Watch
from boximator.studio.frame_files import jpeg, png
from boximator.studio.result_store import FILES, FRAME
from boximator.video.fitting import fitted
from boximator.video.picture import open_picture

Pixels = UInt8[np.ndarray, "height width 3"]


def load() -> JobFunction:
    """Load `pocket` once, for all jobs of this worker."""
    engine = load_engine("pocket")

    def run(task: Task, watch: Watch) -> Output:
        return generate(engine, task=task, watch=watch)

    return run


def generate(engine: Engine, *, task: Task, watch: Watch) -> Output:
    """Run a task on a loaded engine."""
    scene = scene_from_text(task.scene)
    picture = fitted(open_picture(NAME, data=task.picture).pixels, scene=scene)
    last = None
    if task.last_picture is not None:
        last = fitted(open_picture(NAME, data=task.last_picture).pixels, scene=scene)
    settings = Settings(**task.settings.model_dump())
    seen: list[Pixels] = []

    def progress(done: int, of: int) -> None:
        watch.step(done, of=of, preview=jpeg(glimpsed(seen[-1])) if seen else None)

    result = engine.generate(
        scene, picture=picture, last_picture=last, settings=settings, progress=progress, glimpse=seen.append
    )
    watch.step(settings.steps, of=settings.steps)
    recipe = Recipe(scene=_whole(scene, picture=picture, last=last), settings=settings, base=task.base)
    files = _player(result, recipe=recipe) | _downloads(result, recipe=recipe)
    frames, height, width, _ = result.frames.shape
    return Output(
        files=files,
        frames=frames,
        width=width,
        height=height,
        fps=scene.fps,
        seconds=result.seconds,
        seen=measured(scene, frames=result.frames),
    )


def measured(
    scene: Scene, *, frames: UInt8[np.ndarray, "frames height width 3"]
) -> tuple[dict[str, object], ...]:
    """How well each track is obeyed, by looking at the frames."""
    return tuple(asdict(seen) for seen in seen_tracks(scene, frames=frames))


def _whole(scene: Scene, *, picture: Pixels, last: Pixels | None) -> Scene:
    """The scene with what the base saw of its pictures in it, so that it makes the same video anywhere."""
    return replace(
        scene, picture=embedded(png(picture)), last_picture=None if last is None else embedded(png(last))
    )


def _player(result: Result, *, recipe: Recipe) -> dict[str, bytes]:
    """The frames that the player fetches one by one, marked as the downloads are: they can be saved, too."""
    about = about_recipe(recipe, beside=Path(FILES["json"]))
    files = stills(result.frames, fps=recipe.scene.fps, about=about)
    return {FRAME.format(index=index): data for index, data in enumerate(files)}


def _downloads(result: Result, *, recipe: Recipe) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / FILES["mp4"]
        write_result(result, recipe=recipe, path=video, wanted=Wanted(gif=True))
        return {name: video.with_suffix(f".{kind}").read_bytes() for kind, name in FILES.items()}
