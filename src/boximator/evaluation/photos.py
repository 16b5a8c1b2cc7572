"""`photos`: hand-made scenes on real photographs, each run once with its boxes; a sheet to look at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from boximator.evaluation.arrival import find
from boximator.evaluation.generator import Generator, Progress
from boximator.evaluation.report import Report
from boximator.evaluation.tally import mean_tally
from boximator.provenance.about import About
from boximator.provenance.marks import write_marked
from boximator.scene.box import iou, outside
from boximator.scene.draw import draw_boxes
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.wire import beside, read_scene
from boximator.video.fitting import fitted
from boximator.video.picture import read_picture

_SHOWN = 4
_THUMB = (192, 256)  # rows, columns


@dataclass(frozen=True)
class PhotoResult:
    """What came of one scene; ``arrivals`` has the overlap of the place found and the place asked for, by track."""

    name: str
    arrivals: dict[str, float]
    shown: UInt8[np.ndarray, "shown rows columns 3"]
    seconds: float


def scene_files() -> list[Path]:
    """The scenes that come with the package, by name."""
    with as_file(files("boximator.evaluation") / "photos_scenes") as folder:
        found = sorted(folder.glob("*.json"))
    if not found:
        raise Problem(
            given="There are no scenes in boximator/evaluation/photos_scenes",
            wanted="Scenes over the photographs beside them",
            fix="Install the package again, or choose --suite world-heldout",
        )
    return found


def run_scene(path: Path, *, generator: Generator) -> PhotoResult:
    """Generate one scene with its boxes, measure it and keep four frames with the boxes drawn over them."""
    scene = read_scene(path)
    if scene.picture is None:
        raise Problem(
            given=f"{path.name} names no picture", wanted="A photograph", fix='Add "picture" to the scene'
        )
    picture = fitted(read_picture(beside(path, scene.picture)), scene=scene)
    began = time.perf_counter()
    frames = generator(scene, picture=picture, boxes=True)
    seconds = time.perf_counter() - began
    return PhotoResult(
        name=path.stem,
        arrivals=arrivals(scene, frames=frames),
        shown=thumbs(scene, frames=frames),
        seconds=seconds,
    )


def arrivals(scene: Scene, *, frames: UInt8[np.ndarray, "frames rows columns 3"]) -> dict[str, float]:
    """For every track that shows in the first frame and should in the last: how much of its goal was met (IoU).

    The goal is the box of the last frame, where a path ends too. Things that come in have no look yet, things that
    leave none any more: both are left to the eye.
    """
    goals = plan(scene, margin=0.0)
    found: dict[str, float] = {}
    for slot, track in enumerate(scene.tracks):
        first, last = goals.boxes[0, slot].astype(float), goals.boxes[-1, slot].astype(float)
        if not goals.present[[0, -1], slot].all() or outside(first) or outside(last):
            continue
        place = find(frames[-1], first=frames[0], box=first)
        if place is not None:
            found[f"{track.id} {track.label}".strip()] = float(iou(place.box, last))
    return found


def thumbs(
    scene: Scene, *, frames: UInt8[np.ndarray, "frames rows columns 3"]
) -> UInt8[np.ndarray, "shown rows columns 3"]:
    """The first, the last and two frames between, small, with what was asked for drawn over them."""
    asked = plan(scene)
    at = np.round(np.linspace(0, len(frames) - 1, _SHOWN)).astype(int)
    return np.stack([_framed(draw_boxes(_fit(frames[t]), asked, int(t))) for t in at])


def _fit(frame: UInt8[np.ndarray, "rows columns 3"]) -> UInt8[np.ndarray, "r c 3"]:
    scale = min(_THUMB[0] / frame.shape[0], _THUMB[1] / frame.shape[1])
    size = (max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale)))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)


def _framed(small: UInt8[np.ndarray, "r c 3"]) -> UInt8[np.ndarray, "rows columns 3"]:
    down, across = _THUMB[0] - small.shape[0], _THUMB[1] - small.shape[1]
    return np.pad(
        small,
        [(down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0)],
        constant_values=255,
    )


def run(scenes: list[Path], *, generator: Generator, sheet: Path, progress: Progress) -> list[PhotoResult]:
    """Run scenes in order and write the sheet, one row for each."""
    results: list[PhotoResult] = []
    progress(0, len(scenes))
    for path in scenes:
        results.append(run_scene(path, generator=generator))
        progress(len(results), len(scenes))
    shown = np.concatenate([result.shown for result in results])
    write_marked(shown, sheet, fps=1, columns=_SHOWN, about=About(method="sheet of an evaluation"))
    return results


def photo_report(results: list[PhotoResult], *, base: str, method: str, seed: int, steps: int) -> Report:
    """``arrival``: mean overlap of where things went and where they should; ``arrived``: share of at least a half.

    Both are means over scenes of the means over their tracks; scenes without a track to measure are left out.
    """
    measured = [list(result.arrivals.values()) for result in results if result.arrivals]
    values = {
        "arrival": [float(np.mean(row)) for row in measured],
        "arrived": [float(np.mean([value >= 0.5 for value in row])) for row in measured],
    }
    return {
        "suite": "photos",
        "base": base,
        "method": method,
        "n": len(results),
        "seed": seed,
        "steps": steps,
        "conditions": {"box": mean_tally(values, seed=seed)},
        "scenes": {
            result.name: {name: round(v, 3) for name, v in result.arrivals.items()} for result in results
        },
        "seconds": round(sum(result.seconds for result in results), 1),
    }
