from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from boximator.pocket.motion import MotionArrays, resampled, to_arrays
from boximator.pocket.state import Motion

FIRST = np.full((2, 3, 3), 0.25, np.float32)


def ramp(frames: int = 16) -> MotionArrays:
    """Colour, flow and hiddenness grow in proportion to time."""
    at = np.linspace(0, 1, frames)[1:].astype(np.float32)
    ones = np.ones((2, 3), np.float32)
    return MotionArrays(
        colour=FIRST + at[:, None, None, None] * np.float32(0.5),
        flow=at[:, None, None, None] * np.stack([ones, -ones]),
        visible=1 - at[:, None, None] * ones,
    )


def test_one_video_of_a_batch_becomes_arrays() -> None:
    motion = Motion(
        colour=2 * torch.rand(2, 15, 3, 4, 5) - 1,
        flow=torch.randn(2, 15, 2, 4, 5),
        visible=torch.rand(2, 15, 4, 5),
        thing=torch.rand(2, 15, 4, 5),
    )
    arrays = to_arrays(motion, row=1)
    assert arrays.colour.shape == (15, 4, 5, 3)
    assert arrays.colour[3, 2, 1, 0] == (motion.colour[1, 3, 0, 2, 1].item() + 1) / 2
    assert np.array_equal(arrays.flow, motion.flow[1].numpy())
    assert np.array_equal(arrays.visible, motion.visible[1].numpy())
    assert arrays.thing is not None
    assert np.array_equal(arrays.thing, motion.thing[1].numpy())


def test_its_own_number_of_frames_is_left_alone() -> None:
    motion = ramp()
    assert resampled(motion, frames=16, first=FIRST) is motion


def test_other_numbers_of_frames_show_the_same_motion_at_other_times() -> None:
    for frames in (2, 5, 9, 16, 31, 40):
        shown = resampled(ramp(), frames=frames, first=FIRST)
        wanted = ramp(frames)
        np.testing.assert_allclose(shown.flow, wanted.flow, atol=1e-5)
        np.testing.assert_allclose(shown.visible, wanted.visible, atol=1e-5)
        np.testing.assert_allclose(shown.colour, wanted.colour, atol=1e-5)


def test_the_last_frame_stays_the_last() -> None:
    generator = np.random.default_rng(0)
    flow = generator.normal(size=(15, 2, 2, 3)).astype(np.float32)
    motion = MotionArrays(colour=ramp().colour, flow=flow, visible=ramp().visible)
    assert np.array_equal(resampled(motion, frames=7, first=FIRST).flow[-1], flow[-1])
    doubled = resampled(motion, frames=31, first=FIRST).flow
    assert resampled(motion, frames=31, first=FIRST).thing is None
    told = replace(motion, thing=np.full((15, 2, 3), 0.5, np.float32))
    again = resampled(told, frames=31, first=FIRST).thing
    assert again is not None
    np.testing.assert_array_equal(again, np.full((30, 2, 3), 0.5, np.float32))
    np.testing.assert_allclose(doubled[1::2], flow, atol=1e-5)
    np.testing.assert_allclose(doubled[0], flow[0] / 2, atol=1e-5)
