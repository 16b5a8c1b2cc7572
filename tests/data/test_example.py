from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from boximator.data.example import FLOW_STRIDE, Batch, Example, cells, collate, example, perturbed, signed
from boximator.pocket.layout import CELL
from boximator.world.clip import Clip
from boximator.world.make import make_clip


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip(4, split="heldout", size=(32, 48), frames=6, stride=FLOW_STRIDE)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_cells_are_means_of_squares() -> None:
    plane = rng().random((8, 12, 3)).astype(np.float32)
    np.testing.assert_allclose(cells(plane)[1, 2], plane[4:8, 8:12].mean((0, 1)), rtol=1e-5)
    assert cells(plane, cell=2).shape == (4, 6, 3)


def test_bytes_become_minus_1_to_1_channels_first() -> None:
    frame = np.zeros((2, 3, 3), np.uint8)
    frame[1, 2] = (255, 51, 0)
    out = signed(frame)
    assert out.shape == (3, 2, 3)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out[:, 1, 2], [1, -0.6, -1], atol=1e-6)


def test_an_example_is_the_clip_on_the_states_grid(clip: Clip) -> None:
    row = example(clip, rng=rng(), perturb=0, last=0)
    rows, columns = 32 // CELL, 48 // CELL
    assert row.picture.shape == (3, 32, 48)
    assert row.colour.shape == (5, 3, rows, columns)
    assert row.flow.shape == (5, 2, rows, columns)
    assert row.visible.shape == (5, rows, columns)
    assert np.array_equal(row.picture, signed(clip.frames[0]))
    mean = clip.frames[3].reshape(rows, CELL, columns, CELL, 3).mean((1, 3)).transpose(2, 0, 1)
    np.testing.assert_allclose((row.colour[2] + 1) * 127.5, mean, atol=0.51)
    per = CELL // FLOW_STRIDE
    flow = clip.flow[4].reshape(2, rows, per, columns, per).mean((2, 4))
    np.testing.assert_allclose(row.flow[3], flow, atol=1e-6)
    visible = clip.visibility[4].reshape(rows, per, columns, per).mean((1, 3))
    np.testing.assert_allclose(row.visible[3], visible, atol=1e-6)
    assert np.array_equal(row.boxes, clip.boxes)
    assert np.array_equal(row.present, clip.present)
    assert not row.last.any()


def test_a_last_picture_is_one_of_the_last_three_frames(clip: Clip) -> None:
    chosen: set[int] = set()
    low = [signed(cells(frame)) for frame in clip.frames]
    for seed in range(20):
        row = example(clip, rng=rng(seed), perturb=0, last=1)
        assert (row.last[3] == 1).all()
        chosen |= {t for t, frame in enumerate(low) if np.array_equal(frame, row.last[:3])}
    assert chosen == {3, 4, 5}


def test_shares_of_worse_pictures_and_of_last_pictures(clip: Clip) -> None:
    rows = [example(clip, rng=rng(seed), perturb=0.3, last=0.4) for seed in range(200)]
    worse = np.mean([not np.array_equal(row.picture, signed(clip.frames[0])) for row in rows])
    given = np.mean([row.last[3].any() for row in rows])
    assert 0.2 < worse < 0.4
    assert 0.3 < given < 0.5


def test_a_worse_picture_leaves_the_target_alone(clip: Clip) -> None:
    plain = example(clip, rng=rng(), perturb=0, last=0)
    worse = example(clip, rng=rng(), perturb=1, last=0)
    assert not np.array_equal(plain.picture, worse.picture)
    assert np.array_equal(plain.colour, worse.colour)
    assert np.array_equal(plain.flow, worse.flow)


def test_worse_pictures_are_of_several_kinds_and_still_show_the_same(clip: Clip) -> None:
    frame = clip.frames[0]
    made = [perturbed(frame, rng=rng(seed)) for seed in range(20)]
    assert all(one.dtype == np.uint8 and one.shape == frame.shape for one in made)
    assert len({one.tobytes() for one in made}) == 20
    likeness = [np.corrcoef(one.ravel(), frame.ravel())[0, 1] for one in made]
    assert min(likeness) > 0.6


def test_rows_are_stacked_in_order(clip: Clip) -> None:
    rows = [example(clip, rng=rng(seed), perturb=1, last=0.5) for seed in range(3)]
    text = torch.randn(3, 4, 5)
    batch = collate(rows, text=text, captions=("a", "", "b"))
    assert len(batch) == 3
    assert batch.captions == ("a", "", "b")
    assert batch.text is text
    for field in fields(Example):
        for index, row in enumerate(rows):
            assert np.array_equal(getattr(batch, field.name)[index].numpy(), getattr(row, field.name))
    assert {field.name for field in fields(Batch)} == {field.name for field in fields(Example)} | {
        "text",
        "captions",
    }
