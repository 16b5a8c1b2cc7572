from __future__ import annotations

import itertools

import numpy as np
import torch

from boximator.data.stream import StreamConfig
from boximator.training.contest.shot import Needs, Shot, film, shots
from boximator.training.contest.trial import HELD_OUT

CONFIG = StreamConfig(batch=1, seed=4)


def first_shots(needs: Needs, *, start: int = 0, count: int = 2) -> list[Shot]:
    return list(itertools.islice(shots(CONFIG, needs=needs, start=start, workers=0), count))


def test_all_entries_see_the_same_clips() -> None:
    plain, full = first_shots(Needs()), first_shots(Needs(frames=True, backward=True))
    for one, other in zip(plain, full, strict=True):
        assert torch.equal(one.picture, other.picture)
        assert torch.equal(one.batch.colour, other.batch.colour)
        assert torch.equal(one.batch.visible, other.batch.visible)
        assert one.frames is None
        assert one.back_flow is None
        assert other.frames is not None
        assert other.frames.shape == (1, 16, 3, 128, 128)
        assert other.back_flow is not None
        assert other.back_flow.shape == one.batch.flow.shape
        assert other.back_visible is not None
        assert other.back_visible.shape == one.batch.visible.shape
    assert not torch.equal(plain[0].picture, plain[1].picture)


def test_a_stream_can_begin_anywhere() -> None:
    later = first_shots(Needs(), start=1, count=1)[0]
    assert torch.equal(later.picture, first_shots(Needs())[1].picture)


def test_held_out_clips_are_as_they_are() -> None:
    clip = film(3, config=HELD_OUT, needs=Needs())
    assert clip.split == "heldout"
    assert np.array_equal(clip.frames, film(3, config=HELD_OUT, needs=Needs(backward=True)).frames)
