from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from film_stage import FRAMES, SIDE, Stage, line
from PIL import Image

from boximator.evaluation.photos import arrivals, photo_report, run, scene_files
from boximator.scene.box import Box
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track
from boximator.scene.wire import read_scene, write_scene


def scene_of(boxes: np.ndarray) -> Scene:
    first, last = (Box(*(float(value) for value in boxes[t])) for t in (0, -1))
    leaving = (Keyframe(frame=0, box=first), Keyframe(frame=FRAMES - 1, box=Box(1.0, 0.2, 1.2, 0.4)))
    asked = (Keyframe(frame=0, box=first), Keyframe(frame=FRAMES - 1, box=last))
    return Scene(
        picture="photo.png",
        frames=FRAMES,
        tracks=(Track(id=1, label="thing", keyframes=asked), Track(id=2, keyframes=leaving)),
    )


def test_arrival_is_the_overlap_of_where_it_went_and_where_it_should(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.7, 0.5)))
    scene = scene_of(clip.boxes[:, 0])
    obeyed = arrivals(scene, frames=clip.frames)
    still = arrivals(scene, frames=np.repeat(clip.frames[:1], FRAMES, axis=0))
    assert set(obeyed) == set(still) == {"1 thing"}  # what leaves is left to the eye
    assert obeyed["1 thing"] > 0.6
    assert still["1 thing"] < 0.1


def test_a_run_makes_a_sheet_of_four_frames_a_scene(stage: Stage, tmp_path: Path) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.7, 0.5)))
    Image.fromarray(clip.frames[0]).save(tmp_path / "photo.png")
    paths = [tmp_path / f"{name}.json" for name in ("a", "b")]
    for path in paths:
        write_scene(scene_of(clip.boxes[:, 0]), path)
    sheet, said = tmp_path / "sheet.png", list[tuple[int, int]]()

    def obeys(scene: Scene, *, picture: np.ndarray, boxes: bool) -> np.ndarray:
        assert boxes
        assert picture.shape == (SIDE, SIDE, 3)
        return clip.frames

    results = run(
        paths, generator=obeys, sheet=sheet, progress=lambda done, count: said.append((done, count))
    )
    assert said == [(0, 2), (1, 2), (2, 2)]
    assert Image.open(sheet).size == (4 * 256 + 3 * 4, 2 * 192 + 4)
    content = photo_report(results, base="pocket", method="adapter", seed=0, steps=20)
    assert content["n"] == 2
    assert content["conditions"]["box"]["arrived"] == 1.0
    assert set(content["scenes"]) == {"a", "b"}


@pytest.mark.parametrize("path", scene_files(), ids=lambda path: path.stem)
def test_every_scene_that_comes_with_the_package_can_be_read(path: Path) -> None:
    scene = read_scene(path)
    assert scene.picture is not None
    assert (path.parent / scene.picture).is_file()
