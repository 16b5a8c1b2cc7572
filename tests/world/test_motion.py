from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.world.motion import (
    CameraMotion,
    Kind,
    ObjectMotion,
    bezier,
    camera_motion,
    eased_times,
    object_motion,
)

RADIUS, ASPECT, FRAMES = 0.15, 1.5, 9


def motions(kind: Kind) -> Iterator[ObjectMotion]:
    for seed in range(40):
        yield object_motion(
            kind, radius=RADIUS, frames=FRAMES, aspect=ASPECT, rng=np.random.default_rng(seed)
        )


def beyond(centre: np.ndarray) -> float:
    """How far a point lies outside the frame."""
    return float(max(-centre.min(), centre[0] - ASPECT, centre[1] - 1))


@given(st.integers(0, 2**32), st.integers(2, 40))
def test_times_run_from_0_to_1_and_never_back(seed: int, frames: int) -> None:
    times = eased_times(frames, rng=np.random.default_rng(seed))
    assert len(times) == frames
    assert times[0] == 0
    assert np.isclose(times[-1], 1)
    assert (np.diff(times) >= 0).all()


def test_speed_changes_are_of_several_kinds() -> None:
    drawn = {tuple(eased_times(5, rng=np.random.default_rng(seed)).round(2)) for seed in range(60)}
    assert len(drawn) >= 5


def test_a_curve_joins_its_ends_and_is_straight_without_bend() -> None:
    start, end = np.array([0.0, 0.0]), np.array([3.0, 1.0])
    times = np.linspace(0, 1, 7)
    curve = bezier(start, end=end, bend=0.4, times=times, rng=np.random.default_rng(1))
    np.testing.assert_allclose(curve[[0, -1]], [start, end])
    across = curve @ np.array([-1.0, 3.0])
    assert np.abs(across).max() > 0.05
    straight = bezier(start, end=end, bend=0.0, times=times, rng=np.random.default_rng(1))
    np.testing.assert_allclose(straight, times[:, None] * end, atol=1e-12)


def test_what_rests_stays_in_the_frame_as_it_is() -> None:
    for motion in motions("rest"):
        assert np.ptp(motion.centres, axis=0).max() == np.ptp(motion.angles) == np.ptp(motion.scales) == 0
        assert beyond(motion.centres[0]) < 0


def test_what_moves_travels_and_ends_inside() -> None:
    travel = [float(np.linalg.norm(motion.centres[-1] - motion.centres[0])) for motion in motions("move")]
    assert np.median(travel) > 0.15
    assert all(beyond(motion.centres[-1]) < 0 for motion in motions("move"))


@pytest.mark.parametrize(("kind", "outside", "inside"), [("enter", 0, -1), ("leave", -1, 0)])
def test_what_enters_or_leaves_is_wholly_outside_once(kind: Kind, outside: int, inside: int) -> None:
    for motion in motions(kind):
        assert beyond(motion.centres[outside]) > RADIUS
        assert beyond(motion.centres[inside]) < 0


def test_some_grow_some_turn_some_are_squashed() -> None:
    all_of_them = list(motions("move"))
    assert any(np.ptp(motion.scales[:, 0]) > 0.2 for motion in all_of_them)
    assert any(np.ptp(motion.angles) > 0.2 for motion in all_of_them)
    assert any(np.abs(motion.scales[:, 0] - motion.scales[:, 1]).max() > 0.02 for motion in all_of_them)


def test_every_camera_begins_where_it_is() -> None:
    cameras = [camera_motion(FRAMES, aspect=ASPECT, rng=np.random.default_rng(seed)) for seed in range(80)]
    assert all(np.abs(camera.offsets[0]).max() == 0 and camera.zooms[0] == 1 for camera in cameras)
    moving = [camera.moves for camera in cameras]
    assert 20 < sum(moving) < 60
    assert any(np.ptp(camera.zooms) > 0.05 for camera in cameras)
    assert any(np.ptp(camera.offsets) > 0.05 for camera in cameras)


def test_a_camera_moves_when_it_pans_or_zooms() -> None:
    still, pan = np.zeros((2, 2)), np.array([[0.0, 0.0], [0.1, 0.0]])
    assert not CameraMotion(offsets=still, zooms=np.ones(2)).moves
    assert CameraMotion(offsets=pan, zooms=np.ones(2)).moves
    assert CameraMotion(offsets=still, zooms=np.array([1.0, 1.1])).moves
