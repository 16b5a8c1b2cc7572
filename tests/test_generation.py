from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import UInt8
from pocket_stand_ins import Words, tiny_pocket
from torch import nn

from boximator.control.adapter import BoxAdapter
from boximator.control.condition import Condition
from boximator.generation import Engine, Settings, load_engine, model_scene
from boximator.pocket import pipeline
from boximator.pocket.base import save
from boximator.pocket.layout import FRAMES
from boximator.pocket.pipeline import PocketPipeline
from boximator.scene.box import Box
from boximator.scene.path import Path as Way
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track
from boximator.training.weights import fresh_adapter

QUICK = Settings(steps=2, transport=False)


def box(at: float) -> Box:
    return Box(at, 0.2, at + 0.2, 0.5)


def scene(*frames: int, of: int = FRAMES, way: Way | None = None, seed: int = 0) -> Scene:
    """One track with a keyframe on each of these frames, its box further right each time."""
    keys = tuple(Keyframe(frame=frame, box=box(0.05 * index)) for index, frame in enumerate(frames))
    tracks = (Track(id=1, keyframes=keys, path=way),) if keys else ()
    return Scene(prompt="a dog runs", frames=of, tracks=tracks, seed=seed)


def picture() -> UInt8[np.ndarray, "h w 3"]:
    return np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)


@pytest.fixture
def engine() -> Engine:
    """A tiny base with an adapter that has learned something."""
    base = tiny_pocket()
    adapter = fresh_adapter(base, seed=0)
    for layer in adapter.gated_layers:
        nn.init.normal_(layer.output.weight)
    return Engine(PocketPipeline(base, text_encoder=Words()), adapter=adapter)


def frames(engine: Engine, told: Scene, *, boxes: bool = True) -> UInt8[np.ndarray, "frames h w 3"]:
    return engine.generate(told, picture=picture(), boxes=boxes, settings=QUICK).frames


def test_same_scene_same_frames(engine: Engine) -> None:
    told = scene(0, 15)
    assert np.array_equal(frames(engine, told), frames(engine, told))
    assert not np.array_equal(frames(engine, told), frames(engine, scene(0, 15, seed=1)))


def test_boxes_change_the_video_and_can_be_left_out(engine: Engine) -> None:
    with_boxes, without = frames(engine, scene(0, 15)), frames(engine, scene(0, 15), boxes=False)
    assert not np.array_equal(with_boxes, without)
    assert np.array_equal(without, frames(engine, scene()))


def test_what_the_boxes_say_matters(engine: Engine) -> None:
    assert not np.array_equal(frames(engine, scene(0, 15)), frames(engine, scene(0, 8, 15)))


def test_the_soft_boxes_between_can_be_left_out(engine: Engine) -> None:
    bare = Settings(steps=2, transport=False, insert=False)
    result = engine.generate(scene(0, 15), picture=picture(), settings=bare)
    assert not np.array_equal(result.frames, frames(engine, scene(0, 15)))
    assert result.plan is not None
    assert np.flatnonzero(result.plan.present[:, 0]).tolist() == [0, 15]


@pytest.mark.parametrize(("of", "insert"), [(FRAMES, True), (FRAMES, False), (20, False)])
def test_what_is_held_to_is_what_is_asked(
    engine: Engine, of: int, insert: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One plan, for the adapter too where the base makes as many frames."""
    told: list[ControlPlan | None] = []
    obeyed: list[ControlPlan] = []
    called, from_plan = PocketPipeline.__call__, Condition.from_plan

    def overheard(pipe: PocketPipeline, *given: Any, **further: Any) -> Any:
        told.extend(value for value in further.values() if isinstance(value, ControlPlan))
        return called(pipe, *given, **further)

    def conditioned(wanted: ControlPlan) -> Condition:
        obeyed.append(wanted)
        return from_plan(wanted)

    monkeypatch.setattr(PocketPipeline, "__call__", overheard)
    monkeypatch.setattr(Condition, "from_plan", conditioned)
    settings = Settings(steps=1, insert=insert)
    result = engine.generate(scene(0, of - 1, of=of), picture=picture(), settings=settings)
    assert result.plan is not None
    assert len(told) == len(obeyed) == 1
    assert told[0] is result.plan
    assert (obeyed[0] is result.plan) == (of == FRAMES)
    for one in (result.plan, obeyed[0]):
        assert one.present[:, 0].all() == insert
        assert np.flatnonzero(one.hard[:, 0]).tolist() == [0, one.frames - 1]


def test_a_box_scale_of_0_is_the_base(engine: Engine) -> None:
    off = Settings(steps=2, transport=False, box_scale=0.0)
    scaled = engine.generate(scene(0, 15), picture=picture(), settings=off).frames
    engine.adapter.detach()
    plain = engine.pipe(
        picture(),
        prompt="a dog runs",
        num_inference_steps=2,
        generator=torch.Generator().manual_seed(0),
        transport=False,
    )
    assert np.array_equal(scaled, plain.frames)


def test_a_result_says_what_was_asked(engine: Engine) -> None:
    told = scene(0, 19, of=20)
    result = engine.generate(told, picture=picture(), settings=QUICK)
    assert len(result.frames) == 20
    assert result.plan is not None
    assert np.array_equal(result.plan.boxes, plan(told).boxes)
    assert result.seconds > 0
    assert engine.generate(told, picture=picture(), boxes=False, settings=QUICK).plan is None


def test_progress_is_told_step_by_step(engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    engine.generate(
        scene(0, 15), picture=picture(), settings=QUICK, progress=lambda done, of: told.append((done, of))
    )
    assert told == [(1, 2), (2, 2)]


def test_a_glimpse_comes_before_each_step_is_counted_and_may_end_it_all(engine: Engine) -> None:
    told: list[object] = []

    def count(done: int, of: int) -> None:
        told.append(done)
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        engine.generate(
            scene(0, 15), picture=picture(), settings=Settings(steps=4), progress=count,
            glimpse=lambda small: told.append(small.shape),
        )  # fmt: skip
    assert told == [(192, 256, 3), 1, (192, 256, 3), 2]


def test_control_tokens_are_computed_once_a_generation(engine: Engine) -> None:
    calls: list[str] = []

    def count(_module: object, _given: object, _answer: object) -> None:
        calls.append("encoded")

    engine.adapter.tokens.register_forward_hook(count)
    engine.generate(scene(0, 15), picture=picture(), settings=Settings(steps=6, transport=False))
    assert len(calls) == 1


@pytest.mark.parametrize("boxes", [True, False])
def test_one_frame_is_no_video(engine: Engine, boxes: bool) -> None:
    with pytest.raises(Problem, match="at least 2 frames"):
        engine.generate(scene(0, of=1), picture=picture(), boxes=boxes, settings=QUICK)


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"guidance": -1.0}, {"guidance": float("nan")}, {"box_scale": float("inf")}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Problem, match="At least one step"):
        Settings(**wrong)  # pyright: ignore[reportArgumentType] - steps among the floats


# The scene in the base's own frames


def placed(told: Scene, *, frames: int = FRAMES) -> list[tuple[int, float]]:
    """Frame and left edge of every keyframe, in the other number of frames."""
    keys = model_scene(told, frames=frames).tracks[0].keyframes
    return [(key.frame, round(key.box.x0, 3)) for key in keys]


def test_the_bases_own_number_of_frames_is_left_alone() -> None:
    told = scene(0, 15)
    assert model_scene(told) is told


def test_keyframes_go_to_the_nearest_frame() -> None:
    assert placed(scene(0, 10, 30, of=31)) == [(0, 0.0), (5, 0.05), (15, 0.1)]
    assert placed(scene(0, 3, 7, of=8)) == [(0, 0.0), (6, 0.05), (15, 0.1)]
    assert placed(scene(4, of=31)) == [(2, 0.0)]
    assert placed(scene(30, of=31)) == [(15, 0.0)]


def test_where_several_meet_the_first_and_the_last_box_stay() -> None:
    assert placed(scene(0, 1, 2, 60, 62, 63, of=64)) == [(0, 0.0), (14, 0.15), (15, 0.25)]
    assert placed(scene(0, 1, of=64)) == [(0, 0.0), (1, 0.05)]
    assert placed(scene(62, 63, of=64)) == [(14, 0.0), (15, 0.05)]


def test_a_path_keeps_a_frame_to_travel() -> None:
    way = Way(points=((0.1, 0.3), (0.8, 0.3)), kind="polyline")
    assert placed(scene(62, of=64, way=way)) == [(14, 0.0)]


@given(
    st.integers(2, 80).flatmap(
        lambda of: st.tuples(st.just(of), st.sets(st.integers(0, of - 1), min_size=1, max_size=9))
    ),
    st.integers(2, 40),
)
def test_any_scene_fits_any_number_of_frames(told: tuple[int, set[int]], frames: int) -> None:
    of, marks = told
    keys = sorted(marks)
    made = placed(scene(*keys, of=of), frames=frames)
    at = [frame for frame, _ in made]
    assert at == sorted(set(at))
    assert at[0] >= 0
    assert at[-1] < frames
    assert made[0][1] == 0.0
    assert made[-1][1] == pytest.approx(0.05 * (len(keys) - 1))
    stretch = (frames - 1) / (of - 1)
    for frame, left in made:
        assert abs(frame - keys[round(left / 0.05)] * stretch) <= 1.5


# Loading


def saved(folder: Path) -> Path:
    base = tiny_pocket()
    save(base, folder=folder)
    fresh_adapter(base, seed=0).save_pretrained(folder / "adapter")
    return folder


def test_an_engine_is_loaded_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "TextEncoder", Words)
    engine = load_engine(weights=saved(tmp_path))
    assert isinstance(engine.adapter, BoxAdapter)
    weights = [*engine.adapter.parameters(), *engine.pipe.base.parameters()]
    assert {weight.dtype for weight in weights} == {torch.float32}
    assert not any(weight.requires_grad for weight in weights)
    assert frames(engine, scene(0, 15)).shape == (16, 48, 64, 3)


@pytest.mark.parametrize("missing", ["transformer", "refiner", "adapter"])
def test_missing_weights_are_named(missing: str, tmp_path: Path) -> None:
    (saved(tmp_path) / missing / "config.json").unlink()
    with pytest.raises(Problem, match=missing):
        load_engine(weights=tmp_path)


def test_another_base_is_refused_in_words() -> None:
    with pytest.raises(Problem, match='The base is "sora"'):
        load_engine("sora")
