"""Job functions that only pretend, with real files: for load tests, and for work on the editor without a model."""

from __future__ import annotations

import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from boximator.evaluation.seen import seen_tracks
from boximator.scene.draw import preview_frames
from boximator.scene.embedded import NAME, embedded
from boximator.scene.plan import plan
from boximator.scene.scene import Scene
from boximator.scene.wire import scene_from_text, scene_to_text
from boximator.studio.engine import JobFunction, Output, Task, Watch
from boximator.studio.frame_files import frame_files, jpeg, png
from boximator.studio.result_store import FILES
from boximator.video.picture import open_picture
from boximator.video.writer import write_gif, write_video

SIDE = 512


def slow() -> JobFunction:
    """Steps of a quarter of a second; then the plan, drawn over the picture, as the video."""
    return lambda task, watch: _run(task, watch, seconds=0.25)


def quick() -> JobFunction:
    """The same without any waiting."""
    return lambda task, watch: _run(task, watch, seconds=0.0)


def bare() -> JobFunction:
    """Steps and a few bytes: what is measured with it is the studio alone."""
    return _bare


def _run(task: Task, watch: Watch, *, seconds: float) -> Output:
    scene = scene_from_text(task.scene)
    picture = open_picture(NAME, data=task.picture, longest=SIDE).pixels
    picture = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
    frames = preview_frames(picture[None], scene, plan(scene, insert=task.settings.insert))
    began = time.perf_counter()
    for step in range(task.settings.steps):
        time.sleep(seconds)
        shown = frames[(step + 1) * (len(frames) - 1) // task.settings.steps]
        watch.step(step + 1, of=task.settings.steps, preview=jpeg(shown[::2, ::2]))
    count, height, width, _ = frames.shape
    return Output(
        files=frame_files(frames) | _downloads(frames, scene=scene),
        frames=count,
        width=width,
        height=height,
        fps=scene.fps,
        seconds=time.perf_counter() - began,
        seen=tuple(asdict(seen) for seen in seen_tracks(scene, frames=np.stack([picture] * count))),
    )


def _downloads(frames: UInt8[np.ndarray, "frames height width 3"], *, scene: Scene) -> dict[str, bytes]:
    whole = replace(scene, picture=embedded(png(frames[0])), last_picture=None)
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in FILES.values()}
        write_video(frames, paths[FILES["mp4"]], fps=scene.fps)
        write_gif(frames, paths[FILES["gif"]], fps=scene.fps)
        paths[FILES["json"]].write_text(scene_to_text(whole), encoding="utf-8")
        return {name: path.read_bytes() for name, path in paths.items()}


def _bare(task: Task, watch: Watch) -> Output:
    for step in range(task.settings.steps):
        watch.step(step + 1, of=task.settings.steps, preview=b"step")
    files = {name: task.job.encode() for name in FILES.values()}
    return Output(files=files, frames=1, width=16, height=16, fps=8, seconds=0.0)
