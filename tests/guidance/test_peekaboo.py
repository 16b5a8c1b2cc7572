from __future__ import annotations

from functools import partial

import torch
from tiny_stages import case, noise

from boximator.guidance.peekaboo import _masked, readable  # pyright: ignore[reportPrivateUsage]
from boximator.guidance.places import Places
from boximator.guidance.words import Words


def test_an_object_reads_its_words_and_the_ground_the_others() -> None:
    groups = readable(Words(count=5, used=4, subjects=((2,), ())))
    assert groups.T.tolist() == [[0, 0, 1, 0, 0], [0, 1, 1, 1, 1], [0, 1, 0, 1, 1]]


def test_what_is_inside_and_what_is_outside_do_not_see_each_other() -> None:
    made, _ = case("wan")
    places = Places(made.stage, plan=made.ask.plan)
    inside = places.at("video", tokens=0, rows=1, batch=1).inside[0].flatten() > 0
    tokens = len(inside)
    attend = partial(_masked, kind="video", places=places, words=None, batch=1)
    query, key, value = (noise(1, 2, tokens, 4, seed=seed) for seed in range(3))
    changed = value.clone()
    changed[:, :, inside] += 1
    before, after = attend(query, key, value), attend(query, key, changed)
    assert torch.allclose(before[:, :, ~inside], after[:, :, ~inside], atol=1e-6)
    assert torch.allclose(before[:, :, inside] + 1, after[:, :, inside], atol=1e-5)


def test_inside_only_the_objects_words_are_read() -> None:
    made, _ = case("wan")
    places = Places(made.stage, plan=made.ask.plan)
    inside = places.at("video", tokens=0, rows=1, batch=1).inside[0].flatten() > 0
    words = Words(count=6, used=4, subjects=((2,),))
    attend = partial(_masked, kind="video_words", places=places, words=words, batch=1)
    query, key = noise(1, 2, len(inside), 4), noise(1, 2, 6, 4, seed=1)
    places_of_words = torch.eye(6).expand(1, 2, 6, 6)
    weights = attend(query, key, places_of_words)
    assert torch.allclose(weights[:, :, inside, 2], torch.ones(1), atol=1e-5)
    assert weights[:, :, ~inside, 2].max() < 1e-6
    assert weights[..., 0].max() < 1e-6, "nobody reads the mark of the start"
