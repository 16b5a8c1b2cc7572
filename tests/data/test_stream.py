from __future__ import annotations

from dataclasses import fields, replace
from itertools import islice

import pytest
import torch
from world_words import NoWords

from boximator.data import stream as module
from boximator.data.example import Batch
from boximator.data.stream import StreamConfig, make_batch, stream
from boximator.pocket.layout import PICTURE_SIZES
from boximator.world.library import library

CONFIG = StreamConfig(batch=2, seed=3, split="heldout")


@pytest.fixture(autouse=True)
def _no_words(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - pytest calls it
    monkeypatch.setattr(module, "TextEncoder", NoWords)


def same(first: Batch, second: Batch) -> bool:
    pairs = [(getattr(first, field.name), getattr(second, field.name)) for field in fields(Batch)]
    return all(torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b for a, b in pairs)


def test_a_batch_depends_on_config_and_step_alone() -> None:
    wanted = [make_batch(CONFIG, step=step, text=NoWords()) for step in range(4)]
    here = list(stream(CONFIG, start=0, stop=4, workers=0))
    ahead = list(stream(CONFIG, start=0, stop=4, workers=1))
    later = list(stream(CONFIG, start=2, stop=4, workers=0))
    assert [len(here), len(ahead), len(later)] == [4, 4, 2]
    assert all(map(same, wanted, here))
    assert all(map(same, wanted, ahead))
    assert all(map(same, wanted[2:], later))
    assert not same(wanted[0], wanted[1])


def test_other_seeds_are_other_batches() -> None:
    first = make_batch(CONFIG, step=0, text=NoWords())
    assert not same(first, make_batch(replace(CONFIG, seed=4), step=0, text=NoWords()))


def test_no_clip_comes_twice() -> None:
    batches = [make_batch(CONFIG, step=step, text=NoWords()) for step in range(3)]
    pictures = [picture.numpy().tobytes() for batch in batches for picture in batch.colour]
    assert len(set(pictures)) == len(pictures)


def test_every_picture_size_comes_and_all_of_a_batch_have_it() -> None:
    one = replace(CONFIG, batch=1)
    sizes = [
        tuple(batch.picture.shape[-2:]) for batch in islice(stream(one, start=0, stop=99, workers=0), 24)
    ]
    assert set(sizes) == set(PICTURE_SIZES)
    assert sizes.count(PICTURE_SIZES[0]) > max(map(sizes.count, PICTURE_SIZES[1:]))


def test_captions_are_left_out_by_share_and_are_what_the_text_says() -> None:
    told = make_batch(replace(CONFIG, textless=0.0), step=0, text=NoWords())
    assert all(told.captions)
    assert told.text[:, 0, 0].tolist() == [len(caption) for caption in told.captions]
    untold = make_batch(replace(CONFIG, textless=1.0), step=0, text=NoWords())
    assert untold.captions == ("", "")
    assert torch.equal(told.colour, untold.colour)


def test_the_camera_of_a_share_of_clips_stands_still() -> None:
    still = make_batch(replace(CONFIG, batch=4, still=1.0, textless=0), step=0, text=NoWords())
    assert not any("the camera" in caption for caption in still.captions)


def test_only_names_of_the_split_are_told() -> None:
    names = {sprite.name for sprite in library("heldout").sprites} | {"object"}
    batch = make_batch(replace(CONFIG, batch=4, textless=0), step=1, text=NoWords())
    assert all(any(f" {name} " in caption for name in names) for caption in batch.captions)


def test_the_trainers_threads_are_given_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    next(stream(CONFIG, start=0, stop=1, workers=0))
    after = torch.get_num_threads()
    torch.set_num_threads(before)
    assert after == 2
