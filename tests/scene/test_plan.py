from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_strategies import boxes, easings, paths, scenes

from boximator.scene.box import Box, clamp, contains
from boximator.scene.colours import COLOURS
from boximator.scene.easing import Easing, eased
from boximator.scene.path import Path, PathKind
from boximator.scene.plan import MARGIN, ControlPlan, plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

HERE, THERE = Box(0.2, 0.4, 0.4, 0.6), Box(0.6, 0.3, 0.7, 0.7)


def scene_of(*keyframes: tuple[int, Box], path: Path | None = None, frames: int = 16) -> Scene:
    keys = tuple(Keyframe(frame=frame, box=box) for frame, box in keyframes)
    return Scene(frames=frames, tracks=(Track(id=1, keyframes=keys, path=path),))


def same(first: ControlPlan, second: ControlPlan) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("boxes", "hard", "present", "colours")
    )


# By hand


def test_one_box_says_nothing_about_other_frames() -> None:
    made = plan(scene_of((3, HERE)))
    assert np.flatnonzero(made.present[:, 0]).tolist() == [3]
    assert np.flatnonzero(made.hard[:, 0]).tolist() == [3]
    np.testing.assert_allclose(made.boxes[3, 0], HERE.as_tuple(), rtol=1e-6)
    assert not made.boxes[made.present[:, 0] == 0].any()


def test_between_two_boxes_the_edges_are_interpolated_relaxed_and_soft() -> None:
    made = plan(scene_of((0, HERE), (10, THERE), frames=11))
    assert made.present[:, 0].all()
    assert made.hard[:, 0].tolist() == [True, *[False] * 9, True]
    half = [0.4 - MARGIN, 0.35 - MARGIN, 0.55 + MARGIN, 0.65 + MARGIN]
    np.testing.assert_allclose(made.boxes[5, 0], half, rtol=1e-6)


def test_before_the_first_box_and_after_the_last_there_is_none() -> None:
    made = plan(scene_of((4, HERE), (9, THERE)))
    assert np.flatnonzero(made.present[:, 0]).tolist() == [4, 5, 6, 7, 8, 9]


def test_one_box_slides_along_its_path_to_the_end_of_the_scene() -> None:
    made = plan(scene_of((5, HERE), path=Path(points=((0.3, 0.5), (0.6, 0.5)))), margin=0.0)
    assert np.flatnonzero(made.present[:, 0]).tolist() == list(range(5, 16))
    assert made.hard[:, 0].sum() == 1
    np.testing.assert_allclose(made.boxes[15, 0], (0.5, 0.4, 0.7, 0.6), rtol=1e-6)
    np.testing.assert_allclose(made.boxes[10, 0], (0.35, 0.4, 0.55, 0.6), rtol=1e-6)


def test_a_path_that_starts_elsewhere_is_shifted_to_the_box() -> None:
    near, far = (
        plan(scene_of((0, HERE), path=Path(points=points)))
        for points in (((0.3, 0.5), (0.5, 0.6)), ((0.0, 0.0), (0.2, 0.1)))
    )
    np.testing.assert_allclose(near.boxes, far.boxes, atol=1e-6)


def test_with_an_end_box_the_centre_takes_the_path_and_the_size_is_interpolated() -> None:
    over = Path(points=((0.3, 0.5), (0.3, 0.2), (0.65, 0.2), (0.65, 0.5)))
    made = plan(scene_of((0, HERE), (10, THERE), path=over, frames=11), margin=0.0)
    np.testing.assert_allclose(made.boxes[10, 0], THERE.as_tuple(), rtol=1e-6)
    x0, y0, x1, y1 = made.boxes[5, 0]
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((0.475, 0.2), abs=1e-6)
    assert (x1 - x0, y1 - y0) == pytest.approx((0.15, 0.3), abs=1e-6)


def test_a_path_that_ends_elsewhere_is_bent_to_the_end_box_little_by_little() -> None:
    made = plan(scene_of((0, HERE), (10, HERE), path=Path(points=((0, 0), (0.4, 0))), frames=11), margin=0.0)
    np.testing.assert_allclose(made.boxes[:, 0], [HERE.as_tuple()] * 11, rtol=1e-6)


def test_a_box_between_is_kept_too() -> None:
    middle = Box(0.5, 0.7, 0.6, 0.9)
    made = plan(scene_of((0, HERE), (6, middle), (15, THERE), path=Path(points=((0, 0), (1, 0)))))
    np.testing.assert_allclose(made.boxes[6, 0], middle.as_tuple(), rtol=1e-6)
    assert made.hard[:, 0].nonzero()[0].tolist() == [0, 6, 15]


def test_between_boxes_a_path_is_bent_in_proportion_to_the_way_travelled() -> None:
    """A path of no length shows the bending alone: at 0.4 of the time 0.16 of the way, 0.25 at the box between."""
    stay = Path(points=((0.5, 0.5), (0.5, 0.5)), easing="ease_in")
    dots = [(frame, Box(x, 0.5, x, 0.5)) for frame, x in ((0, 0.2), (5, 0.4), (10, 0.8))]
    made = plan(scene_of(*dots, path=stay, frames=11), margin=0.0)
    assert made.boxes[4, 0, 0] == pytest.approx(0.2 + 0.2 * 0.16 / 0.25)
    assert made.boxes[7, 0, 0] == pytest.approx(0.4 + 0.4 * (0.49 - 0.25) / 0.75)


def test_easing_of_a_keyframe_times_the_gap_after_it() -> None:
    keys = (Keyframe(frame=0, box=HERE, easing="ease_in"), Keyframe(frame=10, box=HERE.moved_to((0.7, 0.5))))
    made = plan(Scene(frames=11, tracks=(Track(id=1, keyframes=keys),)), margin=0.0)
    np.testing.assert_allclose(made.boxes[5, 0, 0], 0.2 + 0.4 * 0.25, rtol=1e-6)


def test_an_anchor_is_hard_at_its_ends_and_soft_between() -> None:
    made = plan(Scene(tracks=(Track.anchor(1, box=HERE, frames=16),)))
    assert made.hard[:, 0].nonzero()[0].tolist() == [0, 15]
    assert made.present[:, 0].all()
    assert contains(made.boxes[1:15, 0], made.boxes[:1, 0]).all()


def test_entering_starts_as_a_segment_on_the_border_that_is_not_relaxed() -> None:
    made = plan(scene_of((0, Box(-0.6, 0.4, -0.4, 0.6)), (10, Box(0.4, 0.4, 0.6, 0.6)), frames=11))
    assert made.present[:, 0].all()
    np.testing.assert_allclose(made.boxes[:5, 0], [(0.0, 0.4, 0.0, 0.6)] * 5, atol=1e-6)
    np.testing.assert_allclose(made.boxes[5, 0], (0, 0.4 - MARGIN, 0.1 + MARGIN, 0.6 + MARGIN), atol=1e-6)
    assert made.hard[:, 0].nonzero()[0].tolist() == [0, 10]


def test_what_slides_along_the_border_stays_a_segment() -> None:
    along = Path(points=((1.0, 0.3), (1.0, 0.45), (1.0, 0.7)), kind="smooth")
    made = plan(scene_of((0, Box(1.0, 0.2, 1.0, 0.4)), path=along))
    np.testing.assert_allclose(made.boxes[:, 0, [0, 2]], 1.0, atol=1e-6)
    np.testing.assert_allclose(made.boxes[15, 0, 1::2], (0.6, 0.8), atol=1e-6)


def test_a_line_inside_the_picture_is_relaxed() -> None:
    rim = Box(0.3, 0.5, 0.6, 0.5)
    made = plan(scene_of((0, rim), (15, rim)))
    np.testing.assert_allclose(made.boxes[7, 0], rim.relaxed(*[MARGIN] * 4).as_tuple(), rtol=1e-6)


def test_shrink_is_full_in_the_middle_of_a_gap_and_small_beside_user_boxes() -> None:
    made = plan(scene_of((0, HERE), (8, HERE), frames=9), shrink=True)
    margins = HERE.x0 - made.boxes[:, 0, 0]
    np.testing.assert_allclose(margins, MARGIN * np.asarray([0, 1, 2, 3, 4, 3, 2, 1, 0]) / 4, atol=1e-6)


def test_shrink_on_a_path_that_leads_on_grows_to_its_end() -> None:
    made = plan(scene_of((0, HERE), path=Path(points=((0, 0), (0, 0))), frames=5), shrink=True)
    np.testing.assert_allclose(HERE.x0 - made.boxes[:, 0, 0], MARGIN * np.arange(5) / 4, atol=1e-6)


def test_without_insertion_only_user_boxes_are_left() -> None:
    scene = scene_of((0, HERE), (10, THERE), path=Path(points=((0, 0), (1, 1))))
    bare = plan(scene, insert=False)
    assert bare.present[:, 0].nonzero()[0].tolist() == [0, 10]
    np.testing.assert_array_equal(bare.boxes[[0, 10]], plan(scene).boxes[[0, 10]])


# Beta


def test_random_margins_have_the_papers_mean_and_differ_by_side_and_frame() -> None:
    scene = scene_of((0, Box(0.5, 0.5, 0.5, 0.5)), (2999, Box(0.5, 0.5, 0.5, 0.5)), frames=3000)
    made = plan(scene, relaxation="beta", generator=np.random.default_rng(0))
    margins = np.abs(made.boxes[1:-1, 0] - 0.5)
    np.testing.assert_allclose(margins.mean(axis=0), MARGIN, atol=0.01)
    assert len(np.unique(margins)) > 10_000


def test_random_margins_scale_with_the_margin() -> None:
    scene = scene_of((0, HERE), (15, HERE))
    once, half = (
        plan(scene, relaxation="beta", margin=margin, generator=np.random.default_rng(1))
        for margin in (MARGIN, MARGIN / 2)
    )
    np.testing.assert_allclose(HERE.x1 - once.boxes[3, 0, 2], 2 * (HERE.x1 - half.boxes[3, 0, 2]), rtol=1e-4)


def test_random_margins_come_from_the_generator_and_nowhere_else() -> None:
    scene = scene_of((0, HERE), (15, THERE))
    first, again, other = (
        plan(scene, relaxation="beta", generator=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert same(first, again)
    assert not same(first, other)


def test_bad_options_are_refused() -> None:
    with pytest.raises(Problem, match="without a generator"):
        plan(scene_of((0, HERE)), relaxation="beta")
    with pytest.raises(Problem, match="margin"):
        plan(scene_of((0, HERE)), margin=-0.1)


# By properties


@given(scenes())
def test_the_table_is_whole(scene: Scene) -> None:
    made = plan(scene)
    assert made.frames == scene.frames
    assert made.boxes.shape == (scene.frames, 8, 4)
    assert (made.boxes.dtype, made.hard.dtype, made.present.dtype) == (np.float32, np.bool_, np.bool_)
    np.testing.assert_allclose(made.colours, COLOURS)
    assert not made.present[:, len(scene.tracks) :].any()
    assert not made.boxes[~made.present].any()
    assert not made.hard[~made.present].any()


@given(scenes(), st.booleans(), st.floats(0.0, 1.0))
def test_every_box_is_a_box_inside_the_frame(scene: Scene, shrink: bool, margin: float) -> None:
    made = plan(scene, shrink=shrink, margin=margin)
    assert made.boxes.min() >= 0.0
    assert made.boxes.max() <= 1.0
    assert np.all(made.boxes[..., :2] <= made.boxes[..., 2:])


@given(scenes(), st.booleans())
def test_user_boxes_are_passed_on_as_they_are_up_to_the_frame(scene: Scene, beta: bool) -> None:
    made = plan(scene, relaxation="beta" if beta else "fixed", generator=np.random.default_rng(0))
    for slot, track in enumerate(scene.tracks):
        hard = {key.frame for key in track.keyframes if key.hard}
        assert set(np.flatnonzero(made.hard[:, slot])) == hard
        for key in track.keyframes:
            np.testing.assert_allclose(
                made.boxes[key.frame, slot], key.box.clamped().as_tuple(), rtol=1e-6, atol=1e-7
            )
            assert made.present[key.frame, slot]


@given(scenes(), st.booleans(), st.booleans())
def test_inserted_boxes_contain_the_interpolated_ones(scene: Scene, beta: bool, shrink: bool) -> None:
    tight = plan(scene, margin=0.0)
    relaxation = "beta" if beta else "fixed"
    loose = plan(scene, relaxation=relaxation, generator=np.random.default_rng(0), shrink=shrink)
    assert contains(loose.boxes, tight.boxes).all()
    np.testing.assert_array_equal(loose.present, tight.present)


@given(scenes())
def test_what_shows_nothing_of_itself_is_not_relaxed(scene: Scene) -> None:
    tight, loose = plan(scene, margin=0.0), plan(scene)
    gone = (tight.boxes[..., 2:] == 0.0).any(axis=-1) | (tight.boxes[..., :2] == 1.0).any(axis=-1)
    np.testing.assert_array_equal(loose.boxes[gone], tight.boxes[gone])


@given(scenes(), st.permutations(range(3)))
def test_the_order_of_tracks_changes_slots_only(scene: Scene, slots: list[int]) -> None:
    order = [slot for slot in slots if slot < len(scene.tracks)]
    shuffled = replace(scene, tracks=tuple(scene.tracks[slot] for slot in order))
    first, second = plan(scene), plan(shuffled)
    for slot, source in enumerate(order):
        np.testing.assert_array_equal(second.boxes[:, slot], first.boxes[:, source])
        np.testing.assert_array_equal(second.hard[:, slot], first.hard[:, source])
        np.testing.assert_array_equal(second.present[:, slot], first.present[:, source])


@given(scenes(), st.booleans())
def test_a_track_does_not_feel_the_others(scene: Scene, beta: bool) -> None:
    relaxation = "beta" if beta else "fixed"
    together = plan(scene, relaxation=relaxation, generator=np.random.default_rng(3))
    alone = plan(
        replace(scene, tracks=scene.tracks[:1]), relaxation=relaxation, generator=np.random.default_rng(3)
    )
    np.testing.assert_array_equal(together.boxes[:, 0], alone.boxes[:, 0])


@given(scenes())
def test_it_is_pure(scene: Scene) -> None:
    before = repr(scene)
    assert same(plan(scene), plan(scene))
    assert repr(scene) == before


@given(boxes(), boxes(), st.integers(2, 24), easings)
def test_interpolation_is_the_blend_of_the_boxes(
    first: Box, second: Box, frames: int, easing: Easing
) -> None:
    keys = (Keyframe(frame=0, box=first, easing=easing), Keyframe(frame=frames - 1, box=second))
    made = plan(Scene(frames=frames, tracks=(Track(id=1, keyframes=keys),)), margin=0.0)
    shares = eased(np.linspace(0.0, 1.0, frames), easing)
    blended = [first.blend(second, float(share)).clamped().as_tuple() for share in shares]
    np.testing.assert_allclose(made.boxes[:, 0], blended, atol=1e-6)


@given(paths(), st.integers(2, 24))
def test_along_a_path_the_centre_moves_as_the_path_does(path: Path, frames: int) -> None:
    """Seen on a dot in the middle, with the path made small enough that nothing leaves the frame."""
    points = 0.5 + (np.asarray(path.points) - path.points[0]) * 0.1
    small = replace(path, points=tuple(map(tuple, points.tolist())))
    made = plan(scene_of((0, Box(0.5, 0.5, 0.5, 0.5)), path=small, frames=frames), margin=0.0)
    expected = small.points_at_time(np.linspace(0.0, 1.0, frames))
    np.testing.assert_allclose(made.boxes[:, 0, :2], expected, atol=1e-6)


@given(st.lists(st.floats(0.0, 0.8), min_size=1, max_size=5), st.sampled_from(["polyline", "smooth"]))
def test_linear_easing_is_constant_speed_however_the_points_lie(between: list[float], kind: PathKind) -> None:
    points = tuple((0.2 + share / 2, 0.1 + share / 4) for share in sorted([0.0, *between, 1.0]))
    straight = Path(points=points, kind=kind)
    made = plan(scene_of((0, Box(0.2, 0.1, 0.2, 0.1)), path=straight), margin=0.0)
    steps = np.linalg.norm(np.diff(made.boxes[:, 0, :2], axis=0), axis=1)
    np.testing.assert_allclose(steps, straight.length / 15, atol=1e-5)


@given(boxes(), boxes(), paths(), st.integers(2, 24))
def test_a_path_between_two_boxes_ends_in_the_second(
    first: Box, second: Box, path: Path, frames: int
) -> None:
    made = plan(scene_of((0, first), (frames - 1, second), path=path, frames=frames))
    ends = clamp(np.asarray([first.as_tuple(), second.as_tuple()]))
    np.testing.assert_allclose(made.boxes[[0, -1], 0], ends, atol=1e-6)
