from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from film_stage import FRAMES, Stage, line
from jaxtyping import UInt8

from boximator.evaluation import suite
from boximator.evaluation.rows import Ledger
from boximator.evaluation.suite import (
    CONDITIONS,
    TRUTH,
    HeldOut,
    clip_rows,
    run,
    seeds,
    shown_at_first,
    truth_of,
)
from boximator.scene.scene import Scene
from boximator.world.clip import Clip

RUN = {"suite": "world-heldout"}


class Static:
    """Nothing ever moves."""

    def __init__(self) -> None:
        self.asked: list[tuple[Scene, bool]] = []

    def __call__(self, scene: Scene, *, picture: UInt8[np.ndarray, "h w 3"], boxes: bool) -> np.ndarray:
        self.asked.append((scene, boxes))
        return np.repeat(picture[None], scene.frames, axis=0)


def test_one_that_obeys_scores_and_one_that_does_not_does_not(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.7, 0.5)))

    def obeys(scene: Scene, *, picture: np.ndarray, boxes: bool) -> np.ndarray:
        return clip.frames if boxes else np.repeat(picture[None], FRAMES, axis=0)

    rows = clip_rows(clip, generator=obeys)
    assert set(rows) == {*CONDITIONS, TRUTH}
    obeyed, still, truth = (rows[name].objects[0] for name in ("box", "none", TRUTH))
    assert obeyed.detected
    assert obeyed.overlap > 0.8
    assert obeyed.soft_inside == obeyed.soft == FRAMES - 2
    assert still.detected
    assert still.overlap < 0.2
    assert min(truth.truth) > 0.8
    assert rows["box"].background == rows["none"].background == 60.0
    assert rows["box"].traced == rows[TRUTH].traced == 0


def test_both_conditions_get_the_same_scene_with_the_same_noise(stage: Stage) -> None:
    static = Static()
    clip_rows(stage.clip(line((0.3, 0.3), end=(0.7, 0.5))), generator=static)
    (without, first), (with_boxes, second) = static.asked
    assert without == with_boxes
    assert (first, second) == (False, True)


def test_the_clips_are_the_first_with_something_that_moves() -> None:
    found = list(seeds(HeldOut(clips=3, size=(64, 64))))
    numbers = [seed for seed, _ in found]
    assert numbers == sorted(set(numbers))
    assert all((clip.moving & clip.present).any() and clip.split == "heldout" for _, clip in found)


def test_an_object_that_others_hide_at_first_is_not_one_to_draw_a_box_round(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.7, 0.5)))
    whole = cv2.warpAffine(
        np.asarray(clip.templates[0])[..., 3].astype(np.float32) / 255, clip.affines[0, 0], clip.size[::-1]
    )
    for share, shows in ((1.0, True), (0.6, True), (0.4, False), (0.0, False)):
        masks = clip.first_masks.copy()
        masks[0] = share * whole
        assert shown_at_first(replace(clip, first_masks=masks), slot=0) is shows
    inside = clip.inside.copy()
    inside[0, 0] = False
    outside = replace(clip, first_masks=0 * clip.first_masks, inside=inside)
    assert shown_at_first(outside, slot=0)


def test_a_run_that_was_stopped_goes_on(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [stage.clip(line((0.3, 0.3), end=(0.7, end))) for end in (0.3, 0.5, 0.6)]

    def few(asked: HeldOut) -> Iterator[tuple[int, Clip]]:
        return enumerate(clips[: asked.clips])

    monkeypatch.setattr(suite, "seeds", few)
    path, static = tmp_path / "rows.jsonl", Static()
    measure = partial(clip_rows, generator=static)

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(HeldOut(clips=3), measure=measure, ledger=Ledger(path, run=RUN), progress=stop)
    assert len(static.asked) == 2 * 2
    said: list[tuple[int, int]] = []
    rows = run(
        HeldOut(clips=3),
        measure=measure,
        ledger=Ledger(path, run=RUN),
        progress=lambda done, count: said.append((done, count)),
    )
    assert len(static.asked) == 3 * 2
    assert len(rows) == 3
    assert said == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_shows_of_an_object_is_what_is_still_seen_of_its_first_pixels(stage: Stage) -> None:
    clip = stage.clip(line((0.3, 0.3), end=(0.7, 0.5)))
    masks, visibility = clip.first_masks.copy(), np.ones((FRAMES, 48, 48), np.float32)
    masks[0, 20:60, 20:60] = 1
    visibility[3, 10:20] = 0
    truth = truth_of(replace(clip, first_masks=masks, visibility=visibility), slot=0)
    assert truth.shown[2] == 1.0
    assert truth.shown[3] == pytest.approx(0.5)
    np.testing.assert_array_equal(truth_of(clip, slot=0).shown, np.ones(FRAMES))
