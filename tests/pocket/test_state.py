from __future__ import annotations

import torch

from boximator.pocket.layout import grid_for
from boximator.pocket.schedule import euler_step, loss_weight, noised, sampling_times, training_times
from boximator.pocket.state import Motion, decode, encode


def test_encode_and_decode_are_inverses() -> None:
    generator = torch.Generator().manual_seed(0)
    first = torch.rand(2, 3, 8, 12, generator=generator) * 2 - 1
    motion = Motion(
        colour=torch.rand(2, 15, 3, 8, 12, generator=generator) * 2 - 1,
        flow=torch.randn(2, 15, 2, 8, 12, generator=generator),
        visible=torch.rand(2, 15, 8, 12, generator=generator),
    )
    back = decode(encode(motion, first=first), first=first)
    torch.testing.assert_close(back.colour, motion.colour)
    torch.testing.assert_close(back.flow, motion.flow)
    torch.testing.assert_close(back.visible, motion.visible)


def test_nothing_moves_is_the_zero_state() -> None:
    first = torch.rand(1, 3, 8, 8)
    still = Motion(
        colour=first[:, None].expand(-1, 15, -1, -1, -1),
        flow=torch.zeros(1, 15, 2, 8, 8),
        visible=torch.ones(1, 15, 8, 8),
    )
    assert not encode(still, first=first).any()


def test_the_path_ends_at_the_clean_state() -> None:
    clean, noise = torch.randn(2, 4), torch.randn(2, 4)
    assert torch.equal(noised(clean, noise=noise, times=torch.zeros(2)), clean)
    assert torch.equal(noised(clean, noise=noise, times=torch.ones(2)), noise)
    halfway = noised(clean, noise=noise, times=torch.full((2,), 0.5))
    torch.testing.assert_close(euler_step(noise, clean=clean, now=1.0, following=0.5), halfway)


def test_times_fall_from_one_to_zero_and_training_sees_all_of_them() -> None:
    times = sampling_times(8)
    assert times[0] == 1
    assert times[-1] == 0
    assert (times.diff() < 0).all()
    drawn = training_times(512, generator=torch.Generator().manual_seed(0))
    assert drawn.min() < 0.1
    assert drawn.max() > 0.99
    assert (loss_weight(torch.tensor([0.2, 0.5, 1.0])).diff() < 0).all()


def test_pictures_go_to_the_nearest_shape() -> None:
    assert grid_for(512, width=512).picture == (128, 128)
    assert grid_for(1080, width=1920).picture == (96, 160)
    assert grid_for(1920, width=1080).picture == (160, 96)
